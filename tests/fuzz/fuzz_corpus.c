/* SPDX-License-Identifier: Apache-2.0 */
/* parses: corpus.c */
/* A breach corpus: a hash to look for, then its text, which may be put out so often that it is longer
 * than a block. What is found stands there, with a count. */
#include "corpus.h"
#include "fuzz.h"

#define TEXT_MAX (64 * 1024)

typedef struct memory {
    uint8_t text[TEXT_MAX];
    size_t  len;
    size_t  left; /* reads that go well */
} memory;

static pwwb_status
read_memory(void *ctx, int64_t at, uint8_t *buf, size_t len, pwwb_error *err)
{
    memory *m = ctx;

    (void)err;
    FUZZ_CHECK(at >= 0 && (size_t)at <= m->len && len <= m->len - (size_t)at);
    if (m->left-- == 0)
        return PWWB_E_SYSTEM;
    memcpy(buf, m->text + at, len);
    return PWWB_OK;
}

/* In small letters or capitals, behind a line's begin, with a digit that is not 0 in its count. */
static int
stands_there(const memory *m, const uint8_t *hash)
{
    char   hex[2 * WB_SHA1_SIZE + 1], at[2 * WB_SHA1_SIZE + 1] = "";
    size_t i, k;

    (void)sodium_bin2hex(hex, sizeof(hex), hash, WB_SHA1_SIZE);
    for (i = 0; i + 2 * WB_SHA1_SIZE + 1 < m->len; i++) {
        for (k = 0; k < 2 * WB_SHA1_SIZE; k++)
            at[k] = (char)(m->text[i + k] >= 'A' && m->text[i + k] <= 'F' ? m->text[i + k] | 0x20
                                                                         : m->text[i + k]);
        if (memcmp(at, hex, sizeof(at)) != 0 || m->text[i + k] != ':')
            continue;
        for (k++; i + k < m->len && m->text[i + k] == '0';)
            k++;
        if (i + k < m->len && m->text[i + k] >= '1' && m->text[i + k] <= '9')
            return 1;
    }
    return 0;
}

static void
look(memory *m, const uint8_t *hash, size_t reads)
{
    wb_corpus   corpus = {(int64_t)m->len, read_memory, m};
    pwwb_error *err    = pwwb_error_new();
    int         found  = 7;
    pwwb_status st;

    m->left = reads;
    st      = wb_corpus_check(&corpus, err);
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_MALFORMED || st == PWWB_E_SYSTEM);
    fuzz_check_text(err);
    m->left = reads;
    st      = wb_corpus_find(&corpus, hash, &found, err);
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_MALFORMED || st == PWWB_E_SYSTEM);
    FUZZ_CHECK(found == 0 || (st == PWWB_OK && stands_there(m, hash)));
    fuzz_check_text(err);
    pwwb_error_free(err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static memory m;
    size_t        times;

    fuzz_begin();
    if (size < WB_SHA1_SIZE + 2)
        return 0;

    m.len = 0;
    for (times = data[0] % 16 + 1; times > 0 && size - WB_SHA1_SIZE - 2 <= TEXT_MAX - m.len; times--) {
        memcpy(m.text + m.len, data + WB_SHA1_SIZE + 2, size - WB_SHA1_SIZE - 2);
        m.len += size - WB_SHA1_SIZE - 2;
    }
    look(&m, data + 2, data[1] < 128 ? 1000 : data[1] - 128u);
    return 0;
}
