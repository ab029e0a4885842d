/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_H
#define FUZZ_H

/* What every fuzz target shares. A target checks more than that nothing crashes: what must hold for
 * any input stands in FUZZ_CHECK, which no build leaves out. */

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pwwb/error.h>

#include "crypto.h"

/* libFuzzer's, and replay.c's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(cond) ((cond) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #cond))

static inline void
fuzz_broken(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* Random octets that are the same in every run: what is sealed in a target is then made by its
 * input alone. */
static uint32_t fuzz_drawn;

static inline const char *
fuzz_random_name(void)
{
    return "counter";
}

static inline void
fuzz_random_octets(void *const buf, const size_t size)
{
    static const uint8_t key[crypto_stream_chacha20_KEYBYTES];
    uint8_t              nonce[crypto_stream_chacha20_NONCEBYTES] = {0};

    fuzz_drawn++;
    memcpy(nonce, &fuzz_drawn, sizeof(fuzz_drawn));
    (void)crypto_stream_chacha20(buf, size, nonce, key);
}

static inline uint32_t
fuzz_random_word(void)
{
    uint32_t word;

    fuzz_random_octets(&word, sizeof(word));
    return word;
}

/* First in every target: an input does not see what others drew before it. */
static inline void
fuzz_begin(void)
{
    static randombytes_implementation source;

    if (source.buf == NULL) {
        source.implementation_name = fuzz_random_name;
        source.random              = fuzz_random_word;
        source.buf                 = fuzz_random_octets;
        FUZZ_CHECK(randombytes_set_implementation(&source) == 0);
        FUZZ_CHECK(wb_crypto_ready(NULL) == PWWB_OK);
    }
    fuzz_drawn = 0;
}

/* An error's text, its numbers aside, is one of a few. Were anything of a message or a key in it,
 * there would soon be more. */
static inline void
fuzz_check_text(const pwwb_error *err)
{
    enum { FEW = 16, LENGTH = 160 };
    static char few[FEW][LENGTH];
    const char *text = pwwb_error_message(err);
    char        without[LENGTH] = "";
    size_t      i, len = 0;

    for (; *text != '\0' && len < LENGTH - 1; text++)
        if (*text < '0' || *text > '9')
            without[len++] = *text;
    for (i = 0; i < FEW && few[i][0] != '\0'; i++)
        if (strcmp(few[i], without) == 0)
            return;
    FUZZ_CHECK(i < FEW);
    memcpy(few[i], without, len + 1);
}

/* What must be wiped when it was not read. */
static inline int
fuzz_is_zero(const void *data, size_t len)
{
    return sodium_is_zero(data, len);
}

#endif /* FUZZ_H */
