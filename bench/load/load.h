/* The load generator: many clients of one server, in one thread, with pre-planned traffic that is checked as it arrives.
 *
 * session.c holds sockets and buffers, xmpp.c and irc.c the two wire forms, scram.c RFC 5802's arithmetic, traffic.c the
 * workloads and their checks, main.c the commands. Build: cc -O2 -o load *.c
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BODY = 100 };           /* every message's text, in octets */
enum { MAX_SENDERS = 32 };     /* of a room */

struct buffer {
    char *data;
    size_t length, capacity;
};

struct keys {                  /* what a SCRAM client derives from its password once (RFC 5802 §3) */
    bool known;
    uint32_t iterations;
    char salt[128];            /* in base64, as it came */
    unsigned char client_key[20], stored_key[20];
};

struct session {
    int fd;                    /* -1: no connection */
    uint32_t index;            /* of the account: its name is the letter b and five digits */
    int step;                  /* of the login; each dialect counts its own */
    bool online, joined, dirty, waits_for_room;
    struct buffer in, out;
    uint32_t said;             /* messages sent so far: the sequence number of the last one */
    uint32_t heard;            /* sequence number of the last one from the partner */
    uint32_t heard_from[MAX_SENDERS];
    struct keys keys;
    char nonce[32];
};

struct plan {                  /* what main was called with */
    const char *host, *domain, *password;
    int port;
    uint32_t first, count;     /* account numbers */
    char room[64];
};

struct dialect {
    /* The connection stands: say the first words. */
    void (*greet)(struct session *);
    /* Handle all complete units of what came in; the number of octets used. */
    size_t (*consume)(struct session *, char *data, size_t length);
    /* Enter plan.room. */
    void (*enter)(struct session *);
    /* Queue one message to an account, or to the room where `to` is negative. */
    void (*say)(struct session *, long to, const char *body);
    /* How many of a room's occupants get each message: does the sender get its own? */
    bool echoes;
};

extern struct plan plan;
extern struct session *sessions;
extern const struct dialect *dialect, xmpp, irc;

/* session.c */
void sessions_init(void);
void session_connect(struct session *);
void session_close(struct session *);
void session_write(struct session *, const char *data, size_t length);
void session_format(struct session *, const char *form, ...) __attribute__((format(printf, 2, 3)));
void turn(int timeout_ms);     /* wait for the network once and handle what came; also reads commands' input */
double now(void);              /* seconds, monotonic */
uint64_t now_ns(void);
void fail(const char *form, ...) __attribute__((format(printf, 1, 2), noreturn));

/* traffic.c: called by the dialects */
void is_online(struct session *);
void has_joined(struct session *);
void has_heard(struct session *, uint32_t sender, bool in_room, const char *body);

/* traffic.c: called by main; each prints one line of JSON */
void run_login(uint32_t count, uint32_t at_once);
void run_logout(void);
void run_join(const char *room);
void run_pairs(uint32_t depth, double seconds);
void run_paced(double rate, double seconds);
void run_room(uint32_t senders, double seconds);
void run_idle(void);           /* handle the network until a command waits on standard input */

/* scram.c */
size_t base64_encode(char *to, const unsigned char *from, size_t length);
size_t base64_decode(unsigned char *to, const char *from, size_t length);
void scram_derive(struct keys *, const char *password, const char *salt, uint32_t iterations);
void scram_proof(const struct keys *, const char *auth_message, char *base64);

#endif
