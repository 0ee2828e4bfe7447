/* The workloads. Each text names its sender, counts that sender's messages, and carries the moment at which it was due:
 * so each receiver can check that every message came once, in order and from the right sender, and how long it took. */
#include "load.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 30 };   /* PATIENCE: seconds after which what has not come counts as lost */
enum mode { QUIET, PAIRS, PACED, ROOM };

static enum mode mode;
static double deadline;
static uint64_t count;                 /* messages, or deliveries, of this run */
static uint32_t in_flight, logging_in, online, joined, room_size, outstanding[MAX_SENDERS];
static uint32_t *latencies;            /* in units of 100 ns */
static uint64_t latency_room;

static const char words[] = "the interpreter who let two courts talk was called a dragoman, once";

static void say(struct session *session, long to, uint64_t due) {
    char body[BODY + 1];
    int length = snprintf(body, sizeof body, "b%05u %010u %016llx ", session->index, ++session->said, (unsigned long long)due);
    memcpy(body + length, words, BODY - length);
    in_flight++;
    dialect->say(session, to, body);
}

static void check(struct session *session, uint32_t sender, uint32_t *heard, const char *body) {
    uint32_t named = strtoul(body + 1, NULL, 10), sequence = strtoul(body + 7, NULL, 10);
    if (named != sender) fail("b%05u heard b%05u's words from b%05u", session->index, named, sender);
    if (sequence != *heard + 1)
        fail("b%05u heard message %u of b%05u after message %u", session->index, sequence, sender, *heard);
    *heard = sequence;
}

static void took(const char *body) {
    uint64_t passed = now_ns() - strtoull(body + 18, NULL, 16);
    if (count < latency_room) latencies[count] = passed / 100 > UINT32_MAX ? UINT32_MAX : passed / 100;
}

static void heard_in_room(struct session *session, uint32_t sender, const char *body) {
    uint32_t who = sender - plan.first;
    if (who >= MAX_SENDERS) fail("b%05u heard b%05u, who is silent", session->index, sender);
    check(session, sender, &session->heard_from[who], body);
    count++;
    if (--outstanding[who]) return;
    in_flight--;
    if (now() < deadline) outstanding[who] = room_size, say(&sessions[who], -1, now_ns());
}

void has_heard(struct session *session, uint32_t sender, bool in_room, const char *body) {
    if (mode == QUIET) fail("b%05u heard something that nobody said: %.100s", session->index, body);
    if (in_room) {
        heard_in_room(session, sender, body);
        return;
    }
    uint32_t partner = plan.first + ((session->index - plan.first) ^ 1);
    if (sender != partner) fail("b%05u heard b%05u instead of b%05u", session->index, sender, partner);
    check(session, sender, &session->heard, body);
    if (mode == PACED) took(body);
    count++, in_flight--;
    if (mode == PAIRS && now() < deadline) say(session, partner, 0);
}

void is_online(struct session *session) { session->online = true, online++, logging_in--; }

void has_joined(struct session *session) { session->joined = true, joined++; }

static void wait_for(const char *what, bool (*done)(void)) {
    double until = now() + PATIENCE;
    uint64_t progress = 0;
    while (!done()) {
        turn(100);
        uint64_t seen = count + online + joined;
        if (seen != progress) progress = seen, until = now() + PATIENCE;
        if (now() > until) fail("%s: nothing came for %d s; %u in flight, %u online, %u joined", what, PATIENCE, in_flight, online, joined);
    }
}

static bool all_arrived(void) { return in_flight == 0; }
static uint32_t at_once;
static bool login_possible(void) { return logging_in < at_once; }
static bool nobody_logging_in(void) { return logging_in == 0; }
static uint32_t expected;
static bool all_joined(void) { return joined == expected; }

static void report(double started) {
    printf("{\"count\": %llu, \"seconds\": %.6f}\n", (unsigned long long)count, now() - started);
    fflush(stdout);
}

static void start(enum mode next, double seconds) { mode = next, count = 0, deadline = now() + seconds; }

void run_login(uint32_t wanted, uint32_t simultaneous) {
    double started = now();
    uint32_t before = online;
    at_once = simultaneous ? simultaneous : 64;
    start(QUIET, 0);
    for (uint32_t i = 0; i < plan.count && online + logging_in < wanted; i++) {
        if (sessions[i].fd >= 0) continue;
        wait_for("login", login_possible);
        logging_in++, session_connect(&sessions[i]);
        turn(0);
    }
    wait_for("login", nobody_logging_in);
    count = online - before;
    report(started);
}

void run_logout(void) {
    double started = now();
    start(QUIET, 0);
    for (uint32_t i = 0; i < plan.count; i++)
        if (sessions[i].online) session_close(&sessions[i]), count++;
    online = joined = 0;
    report(started);
}

/* One after the other, so that the room's welcome does not outgrow the buffers; then until the room is quiet. */
void run_join(const char *room) {
    double started = now();
    snprintf(plan.room, sizeof plan.room, "%s", room);
    start(QUIET, 0);
    joined = expected = 0;
    for (uint32_t i = 0; i < plan.count; i++) {
        struct session *session = &sessions[i];
        if (!session->online) continue;
        session->waits_for_room = true, session->joined = false;
        memset(session->heard_from, 0, sizeof session->heard_from);
        expected++, dialect->enter(session);
        wait_for("join", all_joined);
    }
    count = joined;
    report(started);
}

void run_pairs(uint32_t depth, double seconds) {
    double started = now();
    start(PAIRS, seconds);
    for (uint32_t i = 0; i + 1 < online; i += 2)
        for (uint32_t k = 0; k < depth; k++) {
            struct session *first = &sessions[i + (k & 1)];
            say(first, plan.first + ((first->index - plan.first) ^ 1), 0);
        }
    wait_for("pairs", all_arrived);
    report(started);
    mode = QUIET;
}

static int ascending(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

/* Open loop: message k is due k/rate seconds after the start whatever became of those before, and its latency counts
 * from then, so a server that stalls cannot hide it. */
void run_paced(double rate, double seconds) {
    double started = now();
    uint64_t base = now_ns(), total = rate * seconds, sent = 0;
    latency_room = total, latencies = calloc(total + 1, sizeof *latencies);
    start(PACED, seconds);
    while (sent < total) {
        uint64_t reached = (now_ns() - base) * (rate / 1e9);
        for (; sent < total && sent < reached; sent++) {
            struct session *session = &sessions[(sent * 7919) % online];
            say(session, plan.first + ((session->index - plan.first) ^ 1), base + sent * (1e9 / rate));
        }
        turn(0);
    }
    wait_for("paced", all_arrived);
    qsort(latencies, count, sizeof *latencies, ascending);
    printf("{\"count\": %llu, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f}\n", (unsigned long long)count, now() - started,
           latencies[count / 2] / 10.0, latencies[count * 99 / 100] / 10.0);
    fflush(stdout);
    free(latencies), latency_room = 0;
    mode = QUIET;
}

void run_room(uint32_t senders, double seconds) {
    double started = now();
    if (senders > MAX_SENDERS || senders > joined) fail("%u senders in a room of %u", senders, joined);
    start(ROOM, seconds);
    room_size = dialect->echoes ? joined : joined - 1;
    for (uint32_t i = 0; i < senders; i++) outstanding[i] = room_size, say(&sessions[i], -1, now_ns());
    wait_for("room", all_arrived);
    report(started);
    mode = QUIET;
}

void run_idle(void) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    while (poll(&input, 1, 0) == 0) turn(20);
}
