/* IRC as a client speaks it: registration (with SASL PLAIN where a password was given), PRIVMSG, channels. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void greet(struct session *session) {
    if (*plan.password) session_format(session, "CAP REQ :sasl\r\n");
    session_format(session, "NICK b%05u\r\nUSER b%05u 0 * :b%05u\r\n", session->index, session->index, session->index);
}

static void authenticate(struct session *session) {
    char plain[128], encoded[256];
    int length = snprintf(plain, sizeof plain, "%cb%05u%c%s", 0, session->index, 0, plan.password);
    base64_encode(encoded, (unsigned char *)plain, length);
    session_format(session, "AUTHENTICATE %s\r\n", encoded);
}

/* `:b00001!user@host PRIVMSG target :text` */
static void take_message(struct session *session, char *line, const char *command) {
    char expected[16], *text = strstr(command, " :");
    uint32_t sender = strtoul(line + 2, NULL, 10);
    snprintf(expected, sizeof expected, ":b%05u!", sender);
    if (strncmp(line, expected, 8)) fail("sender %.60s instead of %s", line, expected);
    if (!text || strlen(text + 2) != BODY) fail("the text was changed: %s", line);
    has_heard(session, sender, command[8] == '#', text + 2);
}

static void take_line(struct session *session, char *line) {
    char *command = *line == ':' ? strchr(line, ' ') : line;
    if (!command) return;
    command += *line == ':';
    if (!strncmp(command, "PRIVMSG ", 8)) take_message(session, line, command);
    else if (!strncmp(command, "PING ", 5)) session_format(session, "PONG %s\r\n", command + 5);
    else if (!strncmp(command, "CAP ", 4) && strstr(command, " ACK ")) session_format(session, "AUTHENTICATE PLAIN\r\n");
    else if (!strncmp(command, "AUTHENTICATE +", 14)) authenticate(session);
    else if (!strncmp(command, "903 ", 4)) session_format(session, "CAP END\r\n");
    else if (!strncmp(command, "001 ", 4) && !session->online) is_online(session);
    else if (!strncmp(command, "366 ", 4) && session->waits_for_room && !session->joined) has_joined(session);
    else if (!strncmp(command, "ERROR ", 6) || *command == '4' || *command == '9')
        if (strncmp(command, "422 ", 4) && strncmp(command, "900 ", 4)) fail("b%05u got %s", session->index, line);
}

static size_t consume(struct session *session, char *data, size_t length) {
    char *at = data, *end = data + length, *next;
    for (; (next = memchr(at, '\n', end - at)); at = next + 1) {
        *next = 0;
        if (next > at && next[-1] == '\r') next[-1] = 0;
        take_line(session, at);
        if (next + 1 == end) return length;
    }
    return at - data;
}

static void enter(struct session *session) { session_format(session, "JOIN %s\r\n", plan.room); }

static void say(struct session *session, long to, const char *body) {
    if (to < 0) session_format(session, "PRIVMSG %s :%.100s\r\n", plan.room, body);
    else session_format(session, "PRIVMSG b%05ld :%.100s\r\n", to, body);
}

const struct dialect irc = {.greet = greet, .consume = consume, .enter = enter, .say = say, .echoes = false};
