/* load xmpp|irc HOST PORT DOMAIN PASSWORD FIRST COUNT: obeys commands on standard input, one a line, answers each in JSON.
 *
 *   login N [M]     have N sessions logged in, at most M (64) logins at once
 *   logout          close all connections
 *   join ROOM       every session enters
 *   pairs D S       S seconds of D messages in flight in each pair of neighbours
 *   paced R S       S seconds of R messages a second, with their latencies in microseconds
 *   room N S        S seconds in which N occupants each have one message in flight
 *
 * Any message that is lost, doubled, out of order, changed or from the wrong sender ends the program with status 1.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan plan;
struct session *sessions;
const struct dialect *dialect;

static void obey(const char *line) {
    char name[16] = "", first[64] = "", second[64] = "";
    sscanf(line, "%15s %63s %63s", name, first, second);
    if (!strcmp(name, "login")) run_login(strtoul(first, NULL, 10), strtoul(second, NULL, 10));
    else if (!strcmp(name, "logout")) run_logout();
    else if (!strcmp(name, "join")) run_join(first);
    else if (!strcmp(name, "pairs")) run_pairs(strtoul(first, NULL, 10), strtod(second, NULL));
    else if (!strcmp(name, "paced")) run_paced(strtod(first, NULL), strtod(second, NULL));
    else if (!strcmp(name, "room")) run_room(strtoul(first, NULL, 10), strtod(second, NULL));
    else fail("no such command: %s", line);
}

int main(int argc, char **argv) {
    char line[256];
    if (argc != 8) fail("usage: load xmpp|irc HOST PORT DOMAIN PASSWORD FIRST COUNT");
    dialect = strcmp(argv[1], "irc") ? &xmpp : &irc;
    plan = (struct plan){.host = argv[2], .port = atoi(argv[3]), .domain = argv[4], .password = argv[5],
                         .first = strtoul(argv[6], NULL, 10), .count = strtoul(argv[7], NULL, 10)};
    sessions_init();
    setvbuf(stdin, NULL, _IONBF, 0);   /* so that run_idle sees every line that waits */
    while (run_idle(), fgets(line, sizeof line, stdin)) obey(line);
    return 0;
}
