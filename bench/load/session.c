/* Sockets, buffers, and the one wait for the network. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { READ = 256 * 1024 };

static int poll_fd;
static struct session **dirty;
static size_t dirty_count;
static struct sockaddr_in address;

uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

double now(void) { return now_ns() / 1e9; }

void fail(const char *form, ...) {
    va_list arguments;
    va_start(arguments, form);
    fputs("load: ", stderr), vfprintf(stderr, form, arguments), fputc('\n', stderr);
    exit(1);
}

void sessions_init(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poll_fd = epoll_create1(0);
    sessions = calloc(plan.count, sizeof *sessions), dirty = calloc(plan.count, sizeof *dirty);
    for (uint32_t i = 0; i < plan.count; i++) sessions[i].fd = -1, sessions[i].index = plan.first + i;
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(plan.port)};
    if (inet_pton(AF_INET, plan.host, &address.sin_addr) != 1) fail("not an IPv4 address: %s", plan.host);
}

static void reserve(struct buffer *buffer, size_t length) {
    if (buffer->capacity >= length) return;
    while (buffer->capacity < length) buffer->capacity = buffer->capacity ? 2 * buffer->capacity : 1024;
    if (!(buffer->data = realloc(buffer->data, buffer->capacity))) fail("no memory");
}

static void watch(struct session *session, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = session};
    if (epoll_ctl(poll_fd, operation, session->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

void session_connect(struct session *session) {
    int one = 1;
    session->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (session->fd < 0) fail("socket: %s", strerror(errno));
    setsockopt(session->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(session->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail("connect: %s", strerror(errno));
    session->step = 0, session->online = session->joined = false;
    session->in.length = session->out.length = 0;
    session->said = session->heard = 0;
    memset(session->heard_from, 0, sizeof session->heard_from);
    watch(session, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

void session_close(struct session *session) {
    if (session->fd >= 0) close(session->fd);
    session->fd = -1, session->online = session->joined = false;
}

void session_write(struct session *session, const char *data, size_t length) {
    reserve(&session->out, session->out.length + length);
    memcpy(session->out.data + session->out.length, data, length);
    session->out.length += length;
    if (!session->dirty) session->dirty = true, dirty[dirty_count++] = session;
}

void session_format(struct session *session, const char *form, ...) {
    char text[4096];
    va_list arguments;
    va_start(arguments, form);
    int length = vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text) fail("too long: %.40s", text);
    session_write(session, text, length);
}

static void send_out(struct session *session) {
    struct buffer *out = &session->out;
    ssize_t sent = send(session->fd, out->data, out->length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("send to %s port %d: %s", plan.host, plan.port, strerror(errno));
    if (sent < 0) sent = 0;
    if ((size_t)sent < out->length) {
        memmove(out->data, out->data + sent, out->length - sent);
        watch(session, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    out->length -= sent;
}

static void flush(void) {
    for (size_t i = 0; i < dirty_count; i++) {
        dirty[i]->dirty = false;
        if (dirty[i]->fd >= 0 && dirty[i]->step > 0) send_out(dirty[i]);
    }
    dirty_count = 0;
}

static void receive(struct session *session) {
    static char fresh[READ];
    struct buffer *in = &session->in;
    ssize_t length = recv(session->fd, fresh, READ, 0);
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0)
        fail("b%05u: the server closed the connection at step %d (%s), last words: %.*s", session->index, session->step,
             length ? strerror(errno) : "end of stream", (int)in->length, in->data ? in->data : "");
    if (in->length) {
        reserve(in, in->length + length);
        memcpy(in->data + in->length, fresh, length);
        in->length += length;
        size_t used = dialect->consume(session, in->data, in->length);
        memmove(in->data, in->data + used, in->length - used);
        in->length -= used;
    } else {
        size_t used = dialect->consume(session, fresh, length);
        reserve(in, length - used);
        if ((size_t)length > used) memcpy(in->data, fresh + used, length - used);
        in->length = length - used;
    }
}

void turn(int timeout_ms) {
    struct epoll_event events[256];
    flush();
    int count = epoll_wait(poll_fd, events, 256, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct session *session = events[i].data.ptr;
        if (session->fd < 0) continue;
        if (events[i].events & EPOLLOUT) {
            watch(session, EPOLL_CTL_MOD, EPOLLIN);
            if (session->step == 0) session->step = 1, dialect->greet(session);
            if (session->out.length) send_out(session);
        }
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(session);
        flush();
    }
}
