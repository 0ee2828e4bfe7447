/* XMPP as a client speaks it: RFC 6120 streams, SCRAM-SHA-1, binding, initial presence, messages, rooms (XEP-0045). */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GREETED = 1, CHALLENGED, PROVED, RESTARTED, BOUND, PRESENT };

static bool starts(const char *data, size_t length, const char *prefix) {
    return length >= strlen(prefix) && !memcmp(data, prefix, strlen(prefix));
}

static bool holds(const char *data, size_t length, const char *part) {
    return memmem(data, length, part, strlen(part)) != NULL;
}

/* The end of the tag that begins at `data`, or NULL where it has not all come yet: '>' is allowed in attribute values. */
static char *tag_end(char *data, char *end) {
    char quote = 0;
    for (; data < end; data++) {
        if (quote) quote = *data == quote ? 0 : quote;
        else if (*data == '"' || *data == '\'') quote = *data;
        else if (*data == '>') return data + 1;
    }
    return NULL;
}

/* The end of the first unit of a stream: white space, a declaration, the stream's opening tag, or a whole element. */
static char *unit_end(char *data, char *end) {
    int depth = 0;
    if (*data != '<') return memchr(data, '<', end - data) ?: end;
    for (char *at = data; at < end;) {
        char *close = tag_end(at, end);
        if (!close) return NULL;
        if (at[1] == '/') depth--;
        else if (at[1] == '?' || starts(at, close - at, "<stream:stream")) return close;
        else if (close[-2] != '/') depth++;
        if (depth <= 0) return close;
        at = memchr(close, '<', end - close);
        if (!at) return NULL;
    }
    return NULL;
}

/* An attribute's value in an opening tag; it ends at its quote. */
static const char *attribute(char *data, char *end, const char *name) {
    char *close = tag_end(data, end);
    size_t length = strlen(name);
    for (char *at = data; (at = memmem(at, close - at, name, length)); at += length)
        if (at[-1] == ' ' && at[length] == '=') return at + length + 2;
    return NULL;
}

static void open_stream(struct session *session) {
    session_format(session,
                   "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xml:lang='en' xmlns='jabber:client' "
                   "xmlns:stream='http://etherx.jabber.org/streams'>",
                   plan.domain);
}

static void begin_scram(struct session *session) {
    char first[128], encoded[256];
    snprintf(session->nonce, sizeof session->nonce, "%05u%016llx", session->index, (unsigned long long)now_ns());
    int length = snprintf(first, sizeof first, "n,,n=b%05u,r=%s", session->index, session->nonce);
    base64_encode(encoded, (unsigned char *)first, length);
    session_format(session, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>%s</auth>", encoded);
}

static void answer_challenge(struct session *session, char *data, char *end) {
    char challenge[512], message[1024], proof[64], final[640], encoded[1024], nonce[256], salt[128];
    unsigned iterations;
    char *from = tag_end(data, end), *to = memchr(from, '<', end - from);
    if (to - from > 600) fail("challenge too long");
    challenge[base64_decode((unsigned char *)challenge, from, to - from)] = 0;
    if (sscanf(challenge, "r=%255[^,],s=%127[^,],i=%u", nonce, salt, &iterations) != 3) fail("challenge: %s", challenge);
    scram_derive(&session->keys, plan.password, salt, iterations);
    snprintf(message, sizeof message, "n=b%05u,r=%s,%s,c=biws,r=%s", session->index, session->nonce, challenge, nonce);
    scram_proof(&session->keys, message, proof);
    int length = snprintf(final, sizeof final, "c=biws,r=%s,p=%s", nonce, proof);
    base64_encode(encoded, (unsigned char *)final, length);
    session_format(session, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</response>", encoded);
}

static void log_in(struct session *session, char *data, char *end) {
    size_t length = end - data;
    if (starts(data, length, "<?xml") || starts(data, length, "<stream:stream")) return;
    if (session->step == GREETED && starts(data, length, "<stream:features")) {
        if (!holds(data, length, ">SCRAM-SHA-1<")) fail("SCRAM-SHA-1 is not offered: %.*s", (int)length, data);
        begin_scram(session), session->step = CHALLENGED;
    } else if (session->step == CHALLENGED && starts(data, length, "<challenge")) {
        answer_challenge(session, data, end), session->step = PROVED;
    } else if (session->step == PROVED && starts(data, length, "<success")) {
        open_stream(session), session->step = RESTARTED;
    } else if (session->step == RESTARTED && starts(data, length, "<stream:features")) {
        session_format(session, "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                                "<resource>r</resource></bind></iq>");
        session->step = BOUND;
    } else if (session->step == BOUND && starts(data, length, "<iq") && holds(data, length, "urn:ietf:params:xml:ns:xmpp-bind")) {
        session_format(session, "<presence/>"), session->step = PRESENT;
    } else if (session->step == PRESENT && starts(data, length, "<presence")) {
        is_online(session);
    } else if (session->step < PRESENT) {
        fail("b%05u, step %d: unexpected %.*s", session->index, session->step, (int)length, data);
    }
}

/* The account's number out of a sender's address, which has to be exactly that account's, or that occupant's. */
static uint32_t sender_of(const char *from, bool in_room) {
    char expected[128];
    char *number = (char *)from + (in_room ? strlen(plan.room) + 1 : 0) + 1;
    uint32_t index = strtoul(number, NULL, 10);
    int length = in_room ? snprintf(expected, sizeof expected, "%s/b%05u", plan.room, index)
                         : snprintf(expected, sizeof expected, "b%05u@%s/r", index, plan.domain);
    if (strncmp(from, expected, length) || (from[length] != '\'' && from[length] != '"'))
        fail("sender %.60s instead of %s", from, expected);
    return index;
}

static void take_message(struct session *session, char *data, char *end) {
    const char *from = attribute(data, end, "from");
    char *body = memmem(data, end - data, "<body>", 6);
    if (!from || holds(data, end - data, "type='error'") || holds(data, end - data, "type=\"error\""))
        fail("b%05u got %.*s", session->index, (int)(end - data), data);
    if (!body) return;          /* a room's subject */
    if (memcmp(body + 6 + BODY, "</body>", 7)) fail("the text was changed: %.*s", (int)(end - data), data);
    bool in_room = session->waits_for_room;
    has_heard(session, sender_of(from, in_room), in_room, body + 6);
}

static void take_presence(struct session *session, char *data, char *end) {
    char own[128];
    const char *from = attribute(data, end, "from");
    int length = snprintf(own, sizeof own, "%s/b%05u", plan.room, session->index);
    if (!session->waits_for_room || !from || strncmp(from, own, length)) return;
    if (holds(data, end - data, "error")) fail("b%05u cannot enter: %.*s", session->index, (int)(end - data), data);
    if (session->joined) return;
    if (session->index != plan.first) has_joined(session);
    else                        /* the first one has made the room, and opens it as it is (XEP-0045 §10.1.2) */
        session_format(session, "<iq type='set' id='open' to='%s'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                                "<x xmlns='jabber:x:data' type='submit'/></query></iq>", plan.room);
}

static size_t consume(struct session *session, char *data, size_t length) {
    char *at = data, *end = data + length, *next;
    for (; at < end && (next = unit_end(at, end)); at = next) {
        if (*at != '<') continue;
        if (starts(at, next - at, "</stream:stream") || starts(at, next - at, "<stream:error"))
            fail("b%05u: the stream was closed: %.*s", session->index, (int)(next - at), at);
        if (!session->online) log_in(session, at, next);
        else if (starts(at, next - at, "<message")) take_message(session, at, next);
        else if (starts(at, next - at, "<presence")) take_presence(session, at, next);
        else if (session->waits_for_room && !session->joined && holds(at, next - at, "open")) has_joined(session);
    }
    return at - data;
}

static void enter(struct session *session) {
    session_format(session,
                   "<presence to='%s/b%05u'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>",
                   plan.room, session->index);
}

static void say(struct session *session, long to, const char *body) {
    if (to < 0)
        session_format(session, "<message to='%s' type='groupchat' id='m%010u'><body>%.100s</body></message>", plan.room,
                       session->said, body);
    else
        session_format(session, "<message to='b%05ld@%s/r' type='chat' id='m%010u'><body>%.100s</body></message>", to,
                       plan.domain, session->said, body);
}

const struct dialect xmpp = {.greet = open_stream, .consume = consume, .enter = enter, .say = say, .echoes = true};
