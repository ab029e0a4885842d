/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 */
#include "corpora.h"
#include "error.h"
#include "fakes.h"
#include "harness.h"

/* A corpus in memory; reads that fail on command and are counted. */
typedef struct memory {
    const char *text;
    size_t      len;
    fake_fault  fault;
} memory;

static pwwb_status
read_memory(void *ctx, int64_t at, uint8_t *buf, size_t len, pwwb_error *err)
{
    memory     *m  = ctx;
    pwwb_status st = fake_fault_next(&m->fault);

    (void)err;
    CHECK(at >= 0 && (size_t)at <= m->len && len <= m->len - (size_t)at);
    if (st == PWWB_OK)
        memcpy(buf, m->text + at, len);
    return st;
}

static wb_corpus
corpus_of(memory *m)
{
    return (wb_corpus){.size = (int64_t)m->len, .read = read_memory, .ctx = m};
}

static pwwb_status
check_text(const char *text, size_t len)
{
    memory    m = {.text = text, .len = len};
    wb_corpus c = corpus_of(&m);

    return wb_corpus_check(&c, NULL);
}

static pwwb_status
find_in(const char *text, size_t len, const uint8_t *hash, int *ret_found)
{
    memory    m = {.text = text, .len = len};
    wb_corpus c = corpus_of(&m);

    return wb_corpus_find(&c, hash, ret_found, NULL);
}

/* Of each hash and the one behind it, which nobody has. */
static void
check_all(const corpus_text *t, size_t lines, int is_found)
{
    size_t wrong = 0, i;
    int    found;

    CHECK_STATUS(PWWB_OK, check_text(t->text, t->len));
    for (i = 0; i < lines; i++) {
        uint8_t next[WB_SHA1_SIZE];

        memcpy(next, t->hashes[i], sizeof(next));
        next[WB_SHA1_SIZE - 1] ^= 1;
        wrong += find_in(t->text, t->len, t->hashes[i], &found) != PWWB_OK || found != is_found;
        wrong += find_in(t->text, t->len, next, &found) != PWWB_OK || found != 0;
    }
    CHECK_INT(0, wrong);
}

static void
every_hash_is_found_and_no_other(void)
{
    static const int    hows[]  = {0, CRLF, LOWER_CASE, MARKS | CRLF, NO_LAST_END,
                                   NO_LAST_END | CRLF};
    static const size_t lines[] = {LINES, 1, 2, 90, 91, 130};
    size_t              i, k;

    for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
        for (k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
            corpus_text *t = corpus_text_new(lines[k], hows[i]);

            check_all(t, lines[k], 1);
            free(t);
        }
}

static void
a_count_of_zero_is_padding(void)
{
    corpus_text *t = corpus_text_new(LINES, UNCOUNTED);
    int          found;

    check_all(t, LINES, 0);
    t->text[41] = '1';
    CHECK_STATUS(PWWB_OK, find_in(t->text, t->len, t->hashes[0], &found));
    CHECK_INT(1, found);
    free(t);
}

/* Below the first and above the last line too. */
static void
the_ends_are_no_further_than_the_lines(void)
{
    static const uint8_t zeros[WB_SHA1_SIZE];
    uint8_t              ones[WB_SHA1_SIZE];
    corpus_text         *t = corpus_text_new(LINES, 0);
    int                  found;

    memset(ones, 0xff, sizeof(ones));
    CHECK_STATUS(PWWB_OK, find_in(t->text, t->len, zeros, &found));
    CHECK_INT(0, found);
    CHECK_STATUS(PWWB_OK, find_in(t->text, t->len, ones, &found));
    CHECK_INT(0, found);
    free(t);
}

/* A cut corpus is either refused, or shorter by whole lines (or the last count by digits). */
static void
a_corpus_that_is_cut_anywhere_is_refused_or_still_true(void)
{
    corpus_text *t = corpus_text_new(3, CRLF);
    size_t       len, i;
    int          good = 0;

    for (len = 0; len < t->len; len++) {
        int found;

        if (check_text(t->text, len) != PWWB_OK)
            continue;
        good++;
        for (i = 0; i < 3; i++) {
            const char *colon = strchr(t->text + i * (t->len / 3), ':');

            CHECK_STATUS(PWWB_OK, find_in(t->text, len, t->hashes[i], &found));
            CHECK_INT((size_t)(colon - t->text) + 1 < len, found);
        }
    }
    CHECK(good > 3 && good < 40);
    free(t);
}

static void
what_is_no_such_line_is_refused(void)
{
#define HASH "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"
    static const char *const texts[] = {
        "", "\n", HASH, HASH ":", HASH ":\n", HASH ";3\n", HASH ":3x\n", HASH ":-3\n", HASH " :3\n",
        HASH ":3 \n", HASH ":3\r", HASH ":3\r\r\n", HASH ":3\n\n", "\n" HASH ":3\n",
        HASH ":123456789012345678901\n", "G" HASH ":3\n", "5BAA6:3\n", HASH "0:3\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FDG:3\n", "\xef\xbb" HASH ":3\n",
        "\xef\xbb\xbf\xef\xbb\xbf" HASH ":3\n", "8846F7EAEE8FB117AD06BDD830B7586C:3\n",
    };
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (i != 10) /* a CR that ends it all: a line cut by one octet */
            CHECK_STATUS(PWWB_E_MALFORMED, check_text(texts[i], strlen(texts[i])));
    CHECK_STATUS(PWWB_OK, check_text(HASH ":3\r", sizeof(HASH) + 2));
    CHECK_STATUS(PWWB_OK, check_text(HASH ":12345678901234567890\n", sizeof(HASH) + 21));
}

static void
a_huge_line_is_refused_wherever_it_stands(void)
{
    corpus_text *t = corpus_text_new(LINES, 0);
    int          found;
    size_t       i;

    for (i = 0; i < 3; i++) {
        static const size_t places[] = {0, 100000, 200000};
        char                kept[5000];

        memcpy(kept, t->text + places[i], sizeof(kept));
        memset(t->text + places[i], '7', sizeof(kept));
        if (i == 0)
            CHECK_STATUS(PWWB_E_MALFORMED, check_text(t->text, t->len));
        CHECK_STATUS(PWWB_E_MALFORMED,
                     find_in(t->text, t->len, t->hashes[LINES * places[i] / t->len], &found));
        CHECK_INT(0, found);
        memcpy(t->text + places[i], kept, sizeof(kept));
    }
    CHECK_STATUS(PWWB_OK, check_text(t->text, t->len));
    free(t);
}

/* The halves of it in the wrong order, the first and last line excepted. */
static void
a_corpus_out_of_order_is_refused_when_it_is_looked_through(void)
{
    corpus_text *t     = corpus_text_new(LINES, 0);
    corpus_text *wrong = corpus_text_new(LINES, 0);
    size_t       i;

    wrong->len = 0;
    for (i = 0; i < LINES; i++)
        memcpy(wrong->hashes[i], t->hashes[i == 0 || i == LINES - 1 ? i : (i + LINES / 2) % LINES],
               WB_SHA1_SIZE);
    for (i = 0; i < LINES; i++)
        corpus_put(wrong, i, 0);
    CHECK_STATUS(PWWB_E_MALFORMED, check_text(wrong->text, wrong->len));
    free(wrong);
    free(t);
}

/* Two lines changed places: whoever is sought among them is not told that he is not there. */
static void
two_lines_in_the_wrong_order_are_seen_where_they_are_read(void)
{
    corpus_text *t     = corpus_text_new(LINES, 0);
    corpus_text *wrong = corpus_text_new(LINES, 0);
    size_t       k;
    int          found;

    for (k = 1; k < LINES; k += 1237) {
        size_t i;

        memcpy(wrong->hashes, t->hashes, sizeof(t->hashes));
        memcpy(wrong->hashes[k], t->hashes[k - 1], WB_SHA1_SIZE);
        memcpy(wrong->hashes[k - 1], t->hashes[k], WB_SHA1_SIZE);
        wrong->len = 0;
        for (i = 0; i < LINES; i++)
            corpus_put(wrong, i, 0);
        CHECK_STATUS(PWWB_E_MALFORMED, find_in(wrong->text, wrong->len, t->hashes[k], &found));
        CHECK_STATUS(PWWB_E_MALFORMED, find_in(wrong->text, wrong->len, t->hashes[k - 1], &found));
    }
    free(wrong);
    free(t);
}

/* Some lines at three quarters are the first one again: who is sought before them, in the second
 * half, is not sent behind them. */
static void
a_line_that_would_mislead_the_search_is_seen(void)
{
    corpus_text *t     = corpus_text_new(LINES, 0);
    corpus_text *wrong = corpus_text_new(LINES, 0);
    size_t       i;
    int          found;

    for (i = LINES * 74 / 100; i < LINES * 76 / 100; i++)
        memcpy(wrong->hashes[i], t->hashes[0], WB_SHA1_SIZE);
    wrong->len = 0;
    for (i = 0; i < LINES; i++)
        corpus_put(wrong, i, 0);
    CHECK_STATUS(PWWB_E_MALFORMED,
                 find_in(wrong->text, wrong->len, t->hashes[LINES * 6 / 10], &found));
    CHECK_STATUS(PWWB_OK, find_in(wrong->text, wrong->len, t->hashes[LINES / 10], &found));
    CHECK_INT(1, found);
    free(wrong);
    free(t);
}

static void
a_read_that_fails_is_passed_on_and_nothing_is_found(void)
{
    corpus_text *t = corpus_text_new(LINES, 0);
    memory       m = {.text = t->text, .len = t->len};
    wb_corpus    c = corpus_of(&m);
    long         reads, nth;
    int          found;

    CHECK_STATUS(PWWB_OK, wb_corpus_find(&c, t->hashes[77], &found, NULL));
    reads = m.fault.calls;
    CHECK_INT(1, found);
    CHECK(reads > 3);
    for (nth = 1; nth <= reads; nth++) {
        m.fault = (fake_fault){.nth = nth, .status = PWWB_E_SYSTEM};
        CHECK_STATUS(PWWB_E_SYSTEM, wb_corpus_find(&c, t->hashes[77], &found, NULL));
        CHECK_INT(0, found);
    }
    m.fault = (fake_fault){0};
    CHECK_STATUS(PWWB_OK, wb_corpus_check(&c, NULL));
    reads = m.fault.calls;
    for (nth = 1; nth <= reads; nth++) {
        m.fault = (fake_fault){.nth = nth, .status = PWWB_E_SYSTEM};
        CHECK_STATUS(PWWB_E_SYSTEM, wb_corpus_check(&c, NULL));
    }
    free(t);
}

/* A thousand million lines that nobody has written down: each hash begins with its number. */
#define GIANT      1000000000
#define GIANT_LINE 43
static pwwb_status
read_giant(void *ctx, int64_t at, uint8_t *buf, size_t len, pwwb_error *err)
{
    size_t i;

    (void)err;
    ++*(long *)ctx;
    for (i = 0; i < len; i++) {
        char line[GIANT_LINE + 1];

        (void)snprintf(line, sizeof(line), "%08llX%032d:1\n",
                       (unsigned long long)((at + (int64_t)i) / GIANT_LINE) & 0xffffffff, 0);
        buf[i] = (uint8_t)line[(at + (int64_t)i) % GIANT_LINE];
    }
    return PWWB_OK;
}

static void
some_thirty_reads_find_a_line_among_a_thousand_million(void)
{
    long      reads = 0;
    wb_corpus c     = {(int64_t)GIANT * GIANT_LINE, read_giant, &reads};
    uint8_t   hash[WB_SHA1_SIZE] = {0x12, 0x34, 0x56, 0x78};
    int       found;

    CHECK_STATUS(PWWB_OK, wb_corpus_check(&c, NULL));
    CHECK(reads <= 67);
    reads = 0;
    CHECK_STATUS(PWWB_OK, wb_corpus_find(&c, hash, &found, NULL));
    CHECK_INT(1, found);
    CHECK(reads <= 30);
    printf("# %ld reads\n", reads);
    hash[WB_SHA1_SIZE - 1] = 1;
    CHECK_STATUS(PWWB_OK, wb_corpus_find(&c, hash, &found, NULL));
    CHECK_INT(0, found);
}

int
main(void)
{
    if (sodium_init() < 0)
        return 1;

    RUN(every_hash_is_found_and_no_other);
    RUN(a_count_of_zero_is_padding);
    RUN(the_ends_are_no_further_than_the_lines);
    RUN(a_corpus_that_is_cut_anywhere_is_refused_or_still_true);
    RUN(what_is_no_such_line_is_refused);
    RUN(a_huge_line_is_refused_wherever_it_stands);
    RUN(a_corpus_out_of_order_is_refused_when_it_is_looked_through);
    RUN(two_lines_in_the_wrong_order_are_seen_where_they_are_read);
    RUN(a_line_that_would_mislead_the_search_is_seen);
    RUN(a_read_that_fails_is_passed_on_and_nothing_is_found);
    RUN(some_thirty_reads_find_a_line_among_a_thousand_million);
    return DONE;
}
