/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNALS_H
#define JOURNALS_H

/* What the tests of the journals share: requests by number, and the calls on them. */

#include <stdlib.h>

#include "fakes.h"
#include "harness.h"
#include "journal.h"

/* 2026-01-01T00:00:00Z */
#define NOW  INT64_C(1767225600000)
#define ISSUED_S 1000 /* iat of the requests here */
#define LATE (NOW + 300000)

static const uint8_t zero[16]     = {0};
static const uint8_t alice[16]    = {0xa1};
static const uint8_t bob[16]      = {0xb0};
static const uint8_t digest[32]   = {0xd1};
static const uint8_t another[32]  = {0xd2};
static const uint8_t reply_text[] = "a sealed reply";

/* The request with that number. */
static inline const uint8_t *
cti(uint32_t number, uint8_t out[16])
{
    memset(out, 0, 16);
    memcpy(out, &number, sizeof(number));
    return out;
}

static inline pwwb_status
claim_until(pwwb_journal *journal, uint32_t number, int64_t expires_ms, int32_t *ret_state)
{
    pwwb_journal_entry  entry;
    uint8_t     id[16], reply[64];
    pwwb_status st;

    st = wb_journal_claim(journal, cti(number, id), digest, expires_ms, reply, sizeof(reply),
                          &entry, NULL);
    *ret_state = entry.state;
    return st;
}

static inline void
check_claim(pwwb_journal *journal, uint32_t number, int32_t expected)
{
    int32_t state;

    CHECK_STATUS(PWWB_OK, claim_until(journal, number, LATE, &state));
    CHECK_INT(expected, state);
}

static inline pwwb_status
record(pwwb_journal *journal, uint32_t number, const uint8_t *guid, int64_t ms)
{
    uint8_t id[16];

    return wb_journal_record(journal, cti(number, id), guid, ms, ISSUED_S, NULL);
}

static inline pwwb_status
finish(pwwb_journal *journal, uint32_t number, int64_t ms)
{
    uint8_t id[16];

    return wb_journal_finish(journal, cti(number, id), reply_text, sizeof(reply_text), ms, NULL);
}

static inline pwwb_status
release(pwwb_journal *journal, uint32_t number)
{
    uint8_t id[16];

    return wb_journal_release(journal, cti(number, id), NULL);
}

static inline int32_t
is_ours_for(pwwb_journal *journal, const uint8_t *guid, int64_t ms, int64_t issued_s)
{
    int32_t ours = -1;

    CHECK_STATUS(PWWB_OK, wb_journal_lookup(journal, guid, ms, issued_s, &ours, NULL));
    return ours;
}

static inline int32_t
is_ours(pwwb_journal *journal, const uint8_t *guid, int64_t ms)
{
    return is_ours_for(journal, guid, ms, ISSUED_S);
}

#endif /* JOURNALS_H */
