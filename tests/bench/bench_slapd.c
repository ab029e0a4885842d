/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting passwords on a real slapd: what the library adds to a bare libldap loop that sends the same
 * requests, and sets per second with several handles in as many threads, against as many bare
 * connections. Wall time. Environment OL_* as tests/fixtures/slapd writes it, with 11 users.
 */

#include "slapd_bare.h"
#include "threads.h"

#define PARTY 200 /* milliseconds that a crew works */

enum { BARE, SAME_SET, SAME_WRITEBACK, SET, WRITEBACK, SINGLES, CREW = SINGLES, USERS = CREW + 4 };

static pwwb_journal *journal;

static int
our_set(void *arg)
{
    user           *u      = arg;
    pwwb_set        set    = {.size = sizeof(set), .kind = PWWB_SET_RESET};
    pwwb_set_result result = {.size = sizeof(result)};
    int             rc;

    memcpy(set.guid, u->uuid, sizeof(set.guid));
    set.password     = (const uint8_t *)u->password;
    set.password_len = strlen(u->password);
    rc               = pwwb_directory_set(u->directory, &set, 10000, &result, NULL);
    return rc != 0 ? rc : pwwb_code_class(result.code);
}

/* The portal's half, not timed. */
static int
seal(void *arg)
{
    user       *u      = arg;
    int64_t     now    = (int64_t)time(NULL) + 2; /* surely later than the account's password */
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = now,
                          .exp       = now + 60,
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};

    (void)new_password(u);
    memcpy(claims.anchor.guid, u->uuid, PWWB_ID_SIZE);
    return pwwb_request_seal(u->keyring, &claims, (const uint8_t *)u->password,
                             strlen(u->password), NULL, 0, u->sealed, sizeof(u->sealed),
                             &u->sealed_len, NULL);
}

static int
our_writeback(void *arg)
{
    user *u  = arg;
    int   rc = pwwb_writeback_begin(u->writeback, u->sealed, u->sealed_len, NULL);

    if (rc == 0)
        rc = pwwb_writeback_run(u->writeback, journal, NULL, u->directory, 10000, NULL);
    return rc != 0 ? rc : pwwb_code_class(pwwb_writeback_code(u->writeback));
}

static void
make_user(user *u, int number)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};

    user_connect(u, number);
    if (number < SET)
        return;

    u->directory = connect_ours();
    must(pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &u->keyring, NULL), "keyring");
    must(pwwb_writeback_new(u->keyring, NULL, &u->writeback, NULL), "writeback");
}

static void
free_user(user *u)
{
    ldap_unbind_ext_s(u->ld, NULL, NULL);
    pwwb_writeback_free(u->writeback);
    pwwb_keyring_free(u->keyring);
    pwwb_directory_free(u->directory);
}

/* For a crew: with the password of each. */
static int
one_passwd(void *arg)
{
    return new_password(arg) + bare_passwd(arg);
}

static int
one_same(void *arg)
{
    return new_password(arg) + same_set(arg);
}

static int
one_ours(void *arg)
{
    return new_password(arg) + our_set(arg);
}

static void
print_rates(const bench_row *rows, size_t count)
{
    double took[BENCH_ROUNDS_MAX];
    size_t i;

    for (i = 0; i < count; i++) {
        memcpy(took, rows[i].took, sizeof(took));
        printf("  %-50s %9.0f sets per second\n", rows[i].name, 1e6 / bench_median(took));
    }
}

/* So many handles, each in a thread of its own. */
static void
party(user *users, int handles)
{
    static int (*const ways[])(void *arg) = {one_passwd, one_same, one_ours};
    static crew crews[3];
    bench_row   rows[3] = {{.name = "libldap: RFC 3062 alone"},
                           {.name = "libldap: the same 3 requests"},
                           {.name = "pwwb_directory_set"}};
    char        title[64];
    int         i, j;

    memset(crews, 0, sizeof(crews));
    for (i = 0; i < 3; i++) {
        crews[i].size = handles;
        for (j = 0; j < handles; j++) {
            crews[i].members[j].run = ways[i];
            crews[i].members[j].arg = &users[CREW + j];
        }
        rows[i].ask   = crew_time;
        rows[i].arg   = &crews[i];
        rows[i].batch = PARTY;
    }
    snprintf(title, sizeof(title), "%d handle%s, one of all", handles, handles > 1 ? "s" : "");
    bench_group(title, rows, 3);
    print_rates(rows, 3);
}

static bench_row kept[] = {
    {.name = "libldap: RFC 3062 alone"},
    {.name = "libldap: the same 3 requests"},
    {.name = "pwwb_directory_set"},
};
static bench_row whole[] = {
    {.name = "libldap: RFC 3062 alone"},
    {.name = "libldap: the same 6 requests"},
    {.name = "pwwb_writeback_run, X25519 suite"},
};

static void
fill(bench_row *row, int (*run)(void *arg), int (*prepare)(void *arg), user *u)
{
    row->run     = run;
    row->prepare = prepare;
    row->arg     = u;
    row->batch   = 20;
}

int
main(int argc, char **argv)
{
    static user users[USERS];
    int         i;

    bench_arguments(argc, argv, 101, 5);
    bench_clock = CLOCK_MONOTONIC;
    if (ol("OL_URI")[0] == '\0') {
        fprintf(stderr, "bench_slapd: no OL_* in the environment: see tests/fixtures/slapd\n");
        return 1;
    }
    must(pwwb_journal_new_memory(100000, NULL, NULL, &journal, NULL), "journal");
    for (i = 0; i < USERS; i++)
        make_user(&users[i], i);

    fill(&kept[0], bare_passwd, new_password, &users[BARE]);
    fill(&kept[1], same_set, new_password, &users[SAME_SET]);
    fill(&kept[2], our_set, new_password, &users[SET]);
    fill(&whole[0], bare_passwd, new_password, &users[BARE]);
    fill(&whole[1], same_writeback, new_password, &users[SAME_WRITEBACK]);
    fill(&whole[2], our_writeback, seal, &users[WRITEBACK]);
    printf("%d rounds; wall time; one slapd on this machine\n", bench_rounds);
    bench_group("one set, connection kept", kept, 3);
    bench_group("a whole writeback, connection kept", whole, 3);
    bench_rounds = bench_rounds > 25 ? 25 : bench_rounds;
    for (i = 1; i <= 4; i *= 2)
        party(users, i);

    for (i = 0; i < USERS; i++)
        free_user(&users[i]);
    pwwb_journal_free(journal);
    return 0;
}
