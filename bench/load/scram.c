/* SCRAM-SHA-1's arithmetic for a client (RFC 5802), with SHA-1 (RFC 3174) and base64 (RFC 4648): nothing to install. */
#include "load.h"

#include <stdio.h>
#include <string.h>

static uint32_t rotate(uint32_t word, int by) { return word << by | word >> (32 - by); }

struct sha1 {
    uint32_t state[5];
    uint64_t length;
    unsigned char block[64];
};

static void compress(uint32_t state[5], const unsigned char block[64]) {
    uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20) f = (b & c) | (~b & d), k = 0x5a827999;
        else if (i < 40) f = b ^ c ^ d, k = 0x6ed9eba1;
        else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
        else f = b ^ c ^ d, k = 0xca62c1d6;
        uint32_t next = rotate(a, 5) + f + e + k + w[i];
        e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

static void sha1_begin(struct sha1 *hash) {
    *hash = (struct sha1){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
}

static void sha1_add(struct sha1 *hash, const void *data, size_t length) {
    const unsigned char *octets = data;
    for (size_t i = 0; i < length; i++) {
        hash->block[hash->length++ % 64] = octets[i];
        if (hash->length % 64 == 0) compress(hash->state, hash->block);
    }
}

static void sha1_end(struct sha1 *hash, unsigned char digest[20]) {
    uint64_t bits = hash->length * 8;
    unsigned char tail[8];
    sha1_add(hash, "\x80", 1);
    while (hash->length % 64 != 56) sha1_add(hash, "", 1);
    for (int i = 0; i < 8; i++) tail[i] = bits >> (56 - 8 * i);
    sha1_add(hash, tail, 8);
    for (int i = 0; i < 20; i++) digest[i] = hash->state[i / 4] >> (24 - 8 * (i % 4));
}

struct hmac {
    struct sha1 inner, outer;   /* after their first blocks: a copy of these starts every message under one key */
};

static void hmac_key(struct hmac *hmac, const void *key, size_t length) {
    unsigned char inner[64], outer[64];
    memset(inner, 0x36, 64), memset(outer, 0x5c, 64);
    for (size_t i = 0; i < length && i < 64; i++)
        inner[i] ^= ((const unsigned char *)key)[i], outer[i] ^= ((const unsigned char *)key)[i];
    sha1_begin(&hmac->inner), sha1_add(&hmac->inner, inner, 64);
    sha1_begin(&hmac->outer), sha1_add(&hmac->outer, outer, 64);
}

static void hmac_sign(const struct hmac *hmac, const void *data, size_t length, unsigned char digest[20]) {
    struct sha1 inner = hmac->inner, outer = hmac->outer;
    sha1_add(&inner, data, length), sha1_end(&inner, digest);
    sha1_add(&outer, digest, 20), sha1_end(&outer, digest);
}

static void salted_password(const char *password, const unsigned char *salt, size_t length, uint32_t iterations,
                            unsigned char result[20]) {
    struct hmac hmac;
    unsigned char first[160], round[20];
    hmac_key(&hmac, password, strlen(password));
    memcpy(first, salt, length), memcpy(first + length, "\0\0\0\1", 4);
    hmac_sign(&hmac, first, length + 4, round);
    memcpy(result, round, 20);
    for (uint32_t i = 1; i < iterations; i++) {
        hmac_sign(&hmac, round, 20, round);
        for (int k = 0; k < 20; k++) result[k] ^= round[k];
    }
}

void scram_derive(struct keys *keys, const char *password, const char *salt, uint32_t iterations) {
    static struct keys last;    /* servers that were given one salt for all accounts need one derivation */
    if (keys->known && keys->iterations == iterations && !strcmp(keys->salt, salt)) return;
    if (!(last.known && last.iterations == iterations && !strcmp(last.salt, salt))) {
        unsigned char raw[128], salted[20];
        struct hmac hmac;
        struct sha1 hash;
        salted_password(password, raw, base64_decode(raw, salt, strlen(salt)), iterations, salted);
        hmac_key(&hmac, salted, 20);
        hmac_sign(&hmac, "Client Key", 10, last.client_key);
        sha1_begin(&hash), sha1_add(&hash, last.client_key, 20), sha1_end(&hash, last.stored_key);
        last.known = true, last.iterations = iterations;
        snprintf(last.salt, sizeof last.salt, "%s", salt);
    }
    *keys = last;
}

void scram_proof(const struct keys *keys, const char *auth_message, char *base64) {
    unsigned char signature[20];
    struct hmac hmac;
    hmac_key(&hmac, keys->stored_key, 20);
    hmac_sign(&hmac, auth_message, strlen(auth_message), signature);
    for (int i = 0; i < 20; i++) signature[i] ^= keys->client_key[i];
    base64_encode(base64, signature, 20);
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(char *to, const unsigned char *from, size_t length) {
    char *start = to;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t word = from[i] << 16 | (left > 1 ? from[i + 1] << 8 : 0) | (left > 2 ? from[i + 2] : 0);
        *to++ = digits[word >> 18], *to++ = digits[word >> 12 & 63];
        *to++ = left > 1 ? digits[word >> 6 & 63] : '=', *to++ = left > 2 ? digits[word & 63] : '=';
    }
    *to = 0;
    return to - start;
}

size_t base64_decode(unsigned char *to, const char *from, size_t length) {
    unsigned char *start = to;
    uint32_t word = 0;
    int bits = 0;
    for (size_t i = 0; i < length && from[i] != '='; i++) {
        const char *digit = strchr(digits, from[i]);
        if (!digit || !*digit) fail("not base64: %.*s", (int)length, from);
        word = word << 6 | (uint32_t)(digit - digits), bits += 6;
        if (bits >= 8) bits -= 8, *to++ = word >> bits;
    }
    return to - start;
}
