/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 */
/* Generated passwords: what pwwb_policy_check() says of each, by rules and account as the library
 * reads them from the server, and what the server does when it is to be set. The server is right.
 * AD_COUNT and AD_SEED in the environment say how many and which; and
 *     ad_differential --replay SEED INDEX
 * one of them again.
 *
 * The Samba reading: the library judges as Windows is documented, and the test must not call it wrong
 * where Samba is known to do otherwise. Samba looks at no names and has no maximum; the signs of euro
 * and pound are of no kind on Windows and letters to it. So a "fail" that the server does not share is
 * left out, and counted, when it stands on names or the maximum alone, or goes away once those two
 * signs are letters. Nothing else is left out, and no "pass" ever. */
#include "ad.h"
#include "differential.h"

enum { TOO_SHORT = 1, KINDS = 2, OTHERS = 4 };

/* What the library says. */
typedef struct opinion {
    int32_t verdict;
    int     stated;
    int     named; /* inferred ones too */
} opinion;

typedef struct tally {
    int all, refused, near, passes, fails, unknown;
    int left_out, false_pass, false_fail, other_reason, odd;
} tally;

static const char *const half_names[] = {"ASCII", "Unicode"};
static const char *const verdicts[]   = {"none", "pass", "fail", "unknown"};

static tally    tallies[2];
static uint64_t seed;
static int      count;
static int      is_replay;

static int
bit_of(int32_t code)
{
    if (code == PWWB_CODE_POLICY_TOO_SHORT)
        return TOO_SHORT;
    return code == PWWB_CODE_POLICY_COMPLEXITY ? KINDS : OTHERS;
}

static opinion
judge(const server *s, const char *text, size_t len)
{
    pwwb_findings *findings = pwwb_findings_new();
    opinion        o        = {0};
    int32_t        code, basis;
    size_t         i;

    CHECK_STATUS(PWWB_OK, pwwb_policy_check(s->policy, &s->account, PWWB_SET_RESET,
                                            (const uint8_t *)text, len, findings, &o.verdict, err));
    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, NULL, NULL) == PWWB_OK; i++) {
        o.named |= bit_of(code);
        if (basis == PWWB_BASIS_STATED)
            o.stated |= bit_of(code);
    }
    pwwb_findings_free(findings);
    return o;
}

/* With a letter of no case, of as many units, in place of each of the two signs. */
static opinion
judge_signs_as_letters(const server *s, const generated *g)
{
    char   text[2 * sizeof(g->text)];
    size_t i = 0, len = 0;

    while (i < g->len) {
        size_t sign = memcmp(g->text + i, "\u20ac", 3) == 0   ? 3
                      : memcmp(g->text + i, "\u00a3", 2) == 0 ? 2
                                                              : 0;

        if (sign > 0) {
            memcpy(text + len, "\u6f22", 3);
            i += sign;
            len += 3;
        } else {
            text[len++] = g->text[i++];
        }
    }
    return judge(s, text, len);
}

/* Whether the server may accept what the library must call a failure. */
static int
is_known_difference(const server *s, const generated *g, const opinion *o)
{
    return (o->stated & ~OTHERS) == 0
           || judge_signs_as_letters(s, g).verdict != PWWB_VERDICT_FAIL;
}

/* The server names one reason, the length first; the library must have named it too. */
static int
has_reason(const opinion *o, const answer *a)
{
    if (strstr(a->text, "too short") != NULL)
        return (o->stated & TOO_SHORT) != 0;
    if (strstr(a->text, "complexity") != NULL)
        return (o->stated & TOO_SHORT) == 0 && (o->named & KINDS) != 0;
    return 0;
}

static void
show(uint64_t index, const char *what, const generated *g, const opinion *o, const answer *a)
{
    char text[700];

    printf("# %s: --replay %" PRIu64 " %" PRIu64 ", %s, said %s (%d, %d), answered %d %s\n# %s\n",
           what, seed, index, rounds[index % ROUNDS].name, verdicts[o->verdict], o->stated, o->named,
           a->rc, a->text, harness_show(text, sizeof(text), g->text, g->len));
}

/* Take both into the tally; in words what is wrong, or NULL. */
static const char *
compare(const server *s, const generated *g, const opinion *o, const answer *a, tally *t)
{
    int is_refused = a->is_refused;

    t->all++;
    t->refused += is_refused;
    t->near += g->units >= s->round->minimum - 1 && g->units <= s->round->minimum + 1;
    t->passes += o->verdict == PWWB_VERDICT_PASS;
    t->fails += o->verdict == PWWB_VERDICT_FAIL;
    t->unknown += o->verdict == PWWB_VERDICT_UNKNOWN;
    if (!is_refused && a->rc != 0)
        return t->odd++, "odd answer";
    if (o->verdict == PWWB_VERDICT_PASS && is_refused)
        return t->false_pass++, "false pass";
    if (o->verdict == PWWB_VERDICT_FAIL && !is_refused) {
        if (!is_known_difference(s, g, o))
            return t->false_fail++, "false fail";
        t->left_out++;
    }
    if (is_refused && !has_reason(o, a))
        return t->other_reason++, "other reason";
    return NULL;
}

static void
try_one(const server *s, uint64_t index, tally *t)
{
    generated   g;
    opinion     o;
    answer      a;
    const char *wrong;

    if (index / ROUNDS % 2 == 0)
        passwords_ascii(seed, index, s->round->minimum, &g);
    else
        passwords_unicode(seed, index, s->round->minimum, &g);
    o     = judge(s, g.text, g.len);
    a     = server_set(s, g.text, g.len);
    wrong = compare(s, &g, &o, &a, t);
    if (is_replay || (wrong != NULL && t == &tallies[index / ROUNDS % 2]))
        show(index, wrong != NULL ? wrong : "as it should be", &g, &o, &a);
}

static void
every_password_is_judged_as_the_server_judges_it(void)
{
    uint64_t round, i;

    for (round = 0; round < ROUNDS; round++) {
        server s = server_of(&rounds[round], 0);

        for (i = round; i < (uint64_t)count; i += ROUNDS)
            try_one(&s, i, &tallies[i / ROUNDS % 2]);
        server_drop(&s);
    }
    for (i = 0; i < 2; i++) {
        CHECK_INT(0, tallies[i].false_pass);
        CHECK_INT(0, tallies[i].false_fail);
        CHECK_INT(0, tallies[i].other_reason);
        CHECK_INT(0, tallies[i].odd);
    }
}

static double
percent(int part, int all)
{
    return all > 0 ? 100.0 * part / all : 0;
}

static void
print_tallies(void)
{
    int i;

    printf("# seed %" PRIu64 ", %d passwords\n"
           "# half     all  refused  near   pass  fail  unknown  left out  false pass  false fail\n",
           seed, count);
    for (i = 0; i < 2; i++) {
        const tally *t = &tallies[i];

        printf("# %-7s %4d  %4.1f %%  %4.1f %%  %4d  %4d  %4.1f %%  %8d  %10d  %10d\n",
               half_names[i], t->all, percent(t->refused, t->all), percent(t->near, t->all),
               t->passes, t->fails, percent(t->unknown, t->all), t->left_out, t->false_pass,
               t->false_fail);
    }
}

static void
the_passwords_are_near_the_limits_and_few_are_left_open(void)
{
    int all = tallies[0].all + tallies[1].all;
    int i;

    print_tallies();
    CHECK_INT(count, all);
    CHECK(percent(tallies[0].refused + tallies[1].refused, all) >= 40);
    CHECK(percent(tallies[0].near + tallies[1].near, all) >= 30);
    for (i = 0; i < 2; i++) {
        const tally *t = &tallies[i];

        CHECK(percent(t->unknown, t->all) <= (i == 0 ? 1 : 25));
        CHECK(percent(t->left_out, t->all) <= 3);
        CHECK(t->passes > 0 && t->fails > 0);
    }
}

/* What this test would say of a library that reads the minimum wrong by one. */
static void
a_minimum_that_is_off_by_one_would_be_seen(void)
{
    int off;

    for (off = -1; off <= 1; off += 2) {
        server   s       = server_of(&rounds[1], off); /* complexity is off: the length decides */
        tally    t       = {0};
        uint64_t checked = 0, i;

        for (i = 0; checked < 60; i += 1, checked++)
            try_one(&s, 1 + ROUNDS * i, &t);
        CHECK_INT(0, off > 0 ? t.false_pass : t.false_fail);
        CHECK((off > 0 ? t.false_fail : t.false_pass) > 0);
        server_drop(&s);
    }
}

/* The differences that are known, one each: the server accepts what the library calls a failure. */
static void
what_is_left_out_is_what_samba_is_known_to_accept(void)
{
    static const char *const texts[] = {"Password\u20ac", "password-\u00a3", "Una-2035-xyz"};
    server                   s       = server_of(&rounds[0], 0);
    tally                    t       = {0};
    int                      i;

    for (i = 0; i < 3; i++) {
        generated g = {.len = strlen(texts[i]), .units = 12};
        opinion   o = judge(&s, texts[i], g.len);
        answer    a = server_set(&s, texts[i], g.len);

        memcpy(g.text, texts[i], g.len);
        CHECK_INT(PWWB_VERDICT_FAIL, o.verdict);
        CHECK_INT(LDAP_SUCCESS, a.rc);
        CHECK(compare(&s, &g, &o, &a, &t) == NULL);
    }
    CHECK_INT(3, t.left_out);
    CHECK_INT(0, t.false_fail);
    server_drop(&s);
}

static uint64_t
number(const char *text, uint64_t otherwise)
{
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

int
main(int argc, char **argv)
{
    err   = pwwb_error_new();
    seed  = number(getenv("AD_SEED"), (uint64_t)time(NULL));
    count = (int)number(getenv("AD_COUNT"), 2100);
    if (argc == 4 && strcmp(argv[1], "--replay") == 0) {
        uint64_t index = number(argv[3], 0);
        server   s     = server_of(&rounds[index % ROUNDS], 0);

        seed      = number(argv[2], 0);
        is_replay = 1;
        try_one(&s, index, &tallies[0]);
        server_drop(&s);
    } else {
        RUN(every_password_is_judged_as_the_server_judges_it);
        RUN(the_passwords_are_near_the_limits_and_few_are_left_open);
        RUN(a_minimum_that_is_off_by_one_would_be_seen);
        RUN(what_is_left_out_is_what_samba_is_known_to_accept);
    }
    server_calm();
    pwwb_error_free(err);
    return is_replay ? 0 : DONE;
}
