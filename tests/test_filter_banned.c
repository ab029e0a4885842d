/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 */
#include <pwwb/filter.h>

#include <stdlib.h>

#include "banned.h"
#include "faults.h"
#include "harness.h"
#include "octets.h"

static const struct banned_case {
    const char *id;
    const char *password;
    size_t      password_len;
    const char *words;
    size_t      words_len;
    const char *display_name;
    int         is_accepted;
    int64_t     points;
} cases[] = {
#include "banned_words.h"
};

static pwwb_findings *findings;

static pwwb_filter *
filter_of(const char *words)
{
    pwwb_filter *filter;

    CHECK_STATUS(PWWB_OK, pwwb_filter_new_banned(words, strlen(words), &filter, NULL));
    return filter;
}

/* Octets that end at a guard page, of a person of that name. */
static int32_t
check(const pwwb_filter *filter, const char *display_name, const char *password)
{
    pwwb_account account = {.size = sizeof(account)};
    size_t       len     = strlen(password);
    uint8_t     *p       = octets_guarded((const uint8_t *)password, len);
    int32_t      verdict = PWWB_VERDICT_PASS;

    pwwb_findings_free(findings);
    findings = pwwb_findings_new();
    snprintf(account.display_name, sizeof(account.display_name), "%s", display_name);
    CHECK_STATUS(PWWB_OK, pwwb_filter_check(filter, &account, PWWB_SET_RESET, p, len, findings,
                                            &verdict, NULL));
    sodium_free(p);
    return verdict;
}

static int32_t
check_with(const char *words, const char *display_name, const char *password)
{
    pwwb_filter *filter  = filter_of(words);
    int32_t      verdict = check(filter, display_name, password);

    pwwb_filter_free(filter);
    return verdict;
}

static void
only_finding(int32_t code, int64_t limit, int64_t actual)
{
    int32_t got_code, basis;
    int64_t got_limit, got_actual;

    CHECK_INT(1, pwwb_findings_count(findings));
    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_get(findings, 0, &got_code, &basis, &got_limit, &got_actual));
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(got_code));
    CHECK_INT(PWWB_BASIS_STATED, basis);
    CHECK_INT(limit, got_limit);
    CHECK_INT(actual, got_actual);
}

static void
every_documented_password_has_its_verdict_and_points(void)
{
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const struct banned_case *c = &cases[i];
        wb_word                   words[8];
        size_t                    count;

        if (check_with(c->words, c->display_name, c->password)
            != (c->is_accepted ? PWWB_VERDICT_PASS : PWWB_VERDICT_FAIL))
            CHECK_STR("as in the case file", c->id);
        CHECK_STATUS(PWWB_OK,
                     wb_banned_parse(wb_span_of(c->words, c->words_len), words, &count, NULL));
        CHECK_INT(c->points, wb_banned_points(words, count,
                                              wb_span_of(c->password, c->password_len)));
    }
    CHECK_INT(12, COUNT(cases));
}

static void
a_refusal_says_how_many_points_there_are(void)
{
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("contoso", "", "C0nt0$0!1"));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 3);
    CHECK_INT(PWWB_VERDICT_PASS, check_with("contoso", "", "C0nt0$0!1xy"));
    CHECK_INT(0, pwwb_findings_count(findings));
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("", "", "Xq7!"));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 4);
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("", "", ""));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 0);
}

/* One point for the whole: the rest of each is far beyond five. */
static void
one_character_more_less_or_other_is_the_word_itself(void)
{
    static const char *const near[] = {"wonderland",  "Wonderlan",   "onderland",   "wondrland",
                                       "wonderlandx", "xwonderland", "wonderxland", "wonderlanb",
                                       "xonderland",  "wondexland",  "w0nder1and"};
    static const char *const far[]  = {"wonderla", "nderland", "wonderlandxx", "xxwonderland",
                                       "wodnerland", "xwonderlan", "wxnderlxnd", "wonderlnd!"};
    pwwb_filter *filter = filter_of("wonderland");
    size_t       i;

    for (i = 0; i < COUNT(near); i++) {
        CHECK_INT(PWWB_VERDICT_FAIL, check(filter, "", near[i]));
        only_finding(PWWB_CODE_POLICY_BANNED, 5, 1);
    }
    for (i = 0; i < COUNT(far); i++) {
        int32_t verdict = check(filter, "", far[i]);

        /* The word itself in it, and two characters: three points. */
        CHECK_INT(strstr(far[i], "wonderland") != NULL ? PWWB_VERDICT_FAIL : PWWB_VERDICT_PASS,
                  verdict);
    }
    pwwb_filter_free(filter);
}

/* The cheapest way to cut: "abcdef" and "ghij" beat "abcd" and six characters. */
static void
the_least_points_of_all_ways_count(void)
{
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("abcd\nabcdef\nghij", "", "abcdefghij"));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 2);
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("abcdef\ncdefghij\nwxyz", "", "abcdefghijwxyz"));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 4); /* a b [cdefghij] [wxyz] */
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("abcd", "", "abcdabcdabcdabcd"));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 4);
    CHECK_INT(PWWB_VERDICT_PASS, check_with("abcd", "", "abcdabcdabcdabcdabcd"));
}

/* Four of the longest words are 64 characters: the most that can be refused. */
static void
a_password_is_judged_to_the_last_character_that_can_matter(void)
{
    char long_one[800];

    memset(long_one, 'x', sizeof(long_one));
    long_one[64] = '\0';
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("xxxxxxxxxxxxxxxx", "", long_one));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 4);
    long_one[64] = 'x';
    long_one[65] = '\0';
    CHECK_INT(PWWB_VERDICT_PASS, check_with("xxxxxxxxxxxxxxxx", "", long_one));
    long_one[65] = 'x';
    memcpy(long_one + 790, "Hagen", 6);
    CHECK_INT(PWWB_VERDICT_PASS, check_with("xxxxxxxxxxxxxxxx", "Erin Hagens", long_one));
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("xxxxxxxxxxxxxxxx", "Erin Hagen", long_one));
}

static void
a_part_of_the_display_name_is_refused_outright(void)
{
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("", "Erin M. Hagens", "x-h@GEN$-2017-long"));
    only_finding(PWWB_CODE_POLICY_CONTAINS_NAME, 0, PWWB_NAME_DISPLAY);
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("", "Hagens,Erin", "2017-long-enough-ERIN"));
    CHECK_INT(PWWB_VERDICT_PASS, check_with("", "Eri Hag", "erihag-2017-long"));
    CHECK_INT(PWWB_VERDICT_PASS, check_with("", "Erin M. Hagens", "eri-hagen-2017-long"));
    CHECK_INT(PWWB_VERDICT_PASS, check_with("", "", "erin-hagens-2017"));
    CHECK_INT(PWWB_VERDICT_FAIL, check_with("", "Bj\u00d6rn", "my-bj\u00f6rn-is-20"));
    /* What is no text is no name: five octets, one of them no UTF-8. */
    CHECK_INT(PWWB_VERDICT_PASS, check_with("", "Er\xffin", "my-erin-is-20"));
}

static void
nothing_is_known_of_nobody(void)
{
    pwwb_filter *filter  = filter_of("contoso");
    int32_t      verdict = PWWB_VERDICT_PASS;

    CHECK_STATUS(PWWB_OK, pwwb_filter_check(filter, NULL, PWWB_SET_CHANGE,
                                            (const uint8_t *)"erin-hagens-2017", 16, NULL, &verdict,
                                            NULL));
    CHECK_INT(PWWB_VERDICT_PASS, verdict);
    pwwb_filter_free(filter);
}

/* Capital and small letters of Unicode's own table, at the ends of each row and between. */
static void
letters_beyond_ascii_are_folded_too(void)
{
    static const char *const pairs[][2] = {
        {"\u00c0\u00d6\u00d8\u00de", "\u00e0\u00f6\u00f8\u00fe"},
        {"\u0100\u012e\u0132\u0136", "\u0101\u012f\u0133\u0137"},
        {"\u0139\u0147\u0179\u017d", "\u013a\u0148\u017a\u017e"},
        {"\u014a\u0160\u0174\u0176", "\u014b\u0161\u0175\u0177"},
        {"\u0391\u03a1\u03a3\u03a9", "\u03b1\u03c1\u03c3\u03c9"},
        {"\u0410\u042f\u0400\u040f", "\u0430\u044f\u0450\u045f"},
    };
    static const char *const others[][2] = {
        {"ab\u00d7\u00d7cd", "ab\u00f7\u00f7cd"}, {"ab\u0131\u0131cd", "ab\u0130\u0130cd"},
        {"ab\u0138\u0138cd", "ab\u0139\u0139cd"}, {"ab\u00df\u00dfcd", "ab\u00ff\u00ffcd"},
    };
    size_t i;

    for (i = 0; i < COUNT(pairs); i++) {
        CHECK_INT(PWWB_VERDICT_FAIL, check_with(pairs[i][0], "", pairs[i][1]));
        only_finding(PWWB_CODE_POLICY_BANNED, 5, 1);
        CHECK_INT(PWWB_VERDICT_FAIL, check_with(pairs[i][1], "", pairs[i][0]));
        only_finding(PWWB_CODE_POLICY_BANNED, 5, 1);
    }
    for (i = 0; i < COUNT(others); i++)
        CHECK_INT(PWWB_VERDICT_PASS, check_with(others[i][0], "", others[i][1]));
}

static void
a_list_is_one_word_a_line(void)
{
    pwwb_filter *filter = filter_of("\r\nContoso\r\n\nL0nd0n\nwidget\r\n");

    CHECK_INT(PWWB_VERDICT_FAIL, check(filter, "", "contoso"));
    CHECK_INT(PWWB_VERDICT_FAIL, check(filter, "", "LONDON"));
    CHECK_INT(PWWB_VERDICT_FAIL, check(filter, "", "Widget"));
    CHECK_INT(PWWB_VERDICT_PASS, check(filter, "", "conton"));
    pwwb_filter_free(filter);
}

static pwwb_status
refused(const char *words, size_t len, const char *message)
{
    pwwb_error  *err = pwwb_error_new();
    pwwb_filter *filter;
    pwwb_status  st = pwwb_filter_new_banned(words, len, &filter, err);

    CHECK(filter == NULL);
    CHECK_STR(message, pwwb_error_message(err));
    pwwb_error_free(err);
    return st;
}

static void
a_list_that_breaks_a_limit_is_refused_and_the_line_named(void)
{
    CHECK_STATUS(PWWB_E_MALFORMED, refused("word\nabc\n", 9,
                                           "line 2: a word has 4 to 16 characters, not 3"));
    CHECK_STATUS(PWWB_E_MALFORMED, refused("12345678901234567", 17,
                                           "line 1: a word has 4 to 16 characters, not 17"));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 refused("word\n\nwo\xffrd", 11, "line 3 is not UTF-8, or has NUL inside"));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 refused("wo\0rd", 5, "line 1 is not UTF-8, or has NUL inside"));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 refused(NULL, 1, "words and ret_filter must be given"));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_filter_new_banned("word", 4, NULL, NULL));
}

static void
a_thousand_words_are_the_most(void)
{
    static char  words[1001 * 5];
    pwwb_filter *filter;
    int          i;

    for (i = 0; i < 1001; i++) {
        char *line = words + (size_t)i * 5;

        line[0] = (char)('0' + i / 1000);
        line[1] = (char)('0' + i / 100 % 10);
        line[2] = (char)('0' + i / 10 % 10);
        line[3] = (char)('0' + i % 10);
        line[4] = '\n';
    }
    CHECK_STATUS(PWWB_OK, pwwb_filter_new_banned(words, 5000, &filter, NULL));
    CHECK_INT(PWWB_VERDICT_FAIL, check(filter, "", "o999"));
    only_finding(PWWB_CODE_POLICY_BANNED, 5, 1);
    pwwb_filter_free(filter);
    CHECK_STATUS(PWWB_E_TOO_LARGE, refused(words, 5005, "more than 1000 words"));
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_filter *filter;
    long         count, nth;

    faults_count();
    filter = filter_of("contoso");
    count  = faults_stop();
    CHECK(count >= 2);
    pwwb_filter_free(filter);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = pwwb_filter_new_banned("contoso", 7, &filter, NULL);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(filter == NULL);
    }
}

int
main(void)
{
    if (sodium_init() < 0)
        return 1;

    RUN(every_documented_password_has_its_verdict_and_points);
    RUN(a_refusal_says_how_many_points_there_are);
    RUN(one_character_more_less_or_other_is_the_word_itself);
    RUN(the_least_points_of_all_ways_count);
    RUN(a_password_is_judged_to_the_last_character_that_can_matter);
    RUN(a_part_of_the_display_name_is_refused_outright);
    RUN(nothing_is_known_of_nobody);
    RUN(letters_beyond_ascii_are_folded_too);
    RUN(a_list_is_one_word_a_line);
    RUN(a_list_that_breaks_a_limit_is_refused_and_the_line_named);
    RUN(a_thousand_words_are_the_most);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_findings_free(findings);
    return DONE;
}
