/* SPDX-License-Identifier: Apache-2.0 */
/* Two agents in processes of their own with one journal in SQLite: every message comes twice, to both at once,
 * and the agents are killed between their steps. This process is portal and relay, and the directory counts in
 * memory that outlives them; it tells no times, so nothing but the journal keeps a password from being set
 * twice. */
/* rows: 1 11 19 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "shared_agent.h"

#define REQUESTS 60
#define COPIES   2
#define PATIENCE 6 /* how often one is given back before the relay's expiry would remove it */

typedef struct letter {
    size_t      len;
    uint8_t     data[PWWB_ENVELOPE_MAX];
    pwwb_claims claims;
    unsigned    had; /* a bit for each station that had it */
    int         given_back;
    int         was_killed; /* an agent that had it */
    int32_t     code;       /* of its reply; 0 = none came */
} letter;

typedef struct station {
    pid_t pid;
    int   fd;
    int   at; /* the letter it has; -1 = none */
} station;

typedef struct office {
    pwwb_portal *portal;
    pwwb_reply  *reply;
    int          is_shared; /* the journal */
    unsigned     deadly;    /* of 1000 steps so many end the agent */
    letter       letters[REQUESTS];
    int          queue[REQUESTS * COPIES];
    size_t       waiting;
    station      stations[2];
    long         kills;
} office;

/* ---- portal and relay ---- */

static void
start(office *o, size_t i)
{
    station *s = &o->stations[i];
    int      fds[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) != 0)
        abort();
    s->pid = fork();
    if (s->pid == 0) {
        close(fds[0]);
        if (o->stations[1 - i].fd > 0)
            close(o->stations[1 - i].fd);
        be_agent(o->is_shared, o->deadly, fds[1]);
    }
    close(fds[1]);
    s->fd = fds[0];
    s->at = -1;
}

static void
seal_all(office *o)
{
    int i;

    for (i = 0; i < REQUESTS; i++) {
        letter *l = &o->letters[i];
        int32_t code;

        l->claims = claims_of(PWWB_OPERATION_RESET_SELF);
        memcpy(l->claims.anchor.guid + 4, &i, sizeof(i));
        CHECK_STATUS(PWWB_OK, pwwb_portal_begin(o->portal, &l->claims, (const uint8_t *)new_password,
                                                strlen(new_password), NULL, 0, l->data,
                                                sizeof(l->data), &l->len, &code, NULL));
    }
}

/* The first that this station had not, or that both had: so each copy goes to another. -1 = none. */
static int
next_letter(office *o, size_t who)
{
    unsigned bit = 1u << who;
    size_t   k   = 0;
    int      i;

    while (k < o->waiting && o->letters[o->queue[k]].had == bit)
        k++;
    if (k == o->waiting)
        return -1;
    i = o->queue[k];
    o->letters[i].had |= bit;
    memmove(o->queue + k, o->queue + k + 1, (--o->waiting - k) * sizeof(o->queue[0]));
    return i;
}

static void
feed(office *o)
{
    size_t i;

    for (i = 0; i < 2; i++) {
        station      *s = &o->stations[i];
        const letter *l;

        if (s->at >= 0)
            continue;
        s->at = next_letter(o, i);
        if (s->at < 0)
            continue;
        l = &o->letters[s->at];
        (void)send(s->fd, l->data, l->len, MSG_NOSIGNAL);
    }
}

static void
give_back(office *o, int i)
{
    if (++o->letters[i].given_back < PATIENCE)
        o->queue[o->waiting++] = i;
}

static void
replace(office *o, size_t i)
{
    station *s = &o->stations[i];
    int      code;

    close(s->fd);
    (void)waitpid(s->pid, &code, 0);
    CHECK(WIFSIGNALED(code) && WTERMSIG(code) == SIGKILL);
    o->kills++;
    if (s->at >= 0) {
        o->letters[s->at].was_killed = 1;
        give_back(o, s->at);
    }
    start(o, i);
}

static void
take_reply(office *o, letter *l, const uint8_t *data, size_t len)
{
    int32_t code;

    CHECK_STATUS(PWWB_OK, pwwb_reply_open(o->reply, agent_keys, l->claims.cti, data, len, NULL));
    code = pwwb_reply_code(o->reply);
    CHECK(l->code == 0 || l->code == code); /* once and for all */
    l->code = code;
}

static void
take(office *o, size_t i)
{
    station *s = &o->stations[i];
    uint8_t  packet[PWWB_ENVELOPE_MAX + 1];
    ssize_t  len = recv(s->fd, packet, sizeof(packet), 0);

    if (len <= 0) {
        replace(o, i);
    } else if (packet[0] == 'R') {
        take_reply(o, &o->letters[s->at], packet + 1, (size_t)len - 1);
    } else {
        if (packet[1] == PWWB_SETTLE_RELEASE)
            give_back(o, s->at);
        s->at = -1;
    }
}

static void
run_to_the_end(office *o)
{
    int i;

    for (i = 0; i < REQUESTS * COPIES; i++)
        o->queue[o->waiting++] = i / COPIES;
    while (o->waiting > 0 || o->stations[0].at >= 0 || o->stations[1].at >= 0) {
        struct pollfd wait[2] = {{o->stations[0].fd, POLLIN, 0}, {o->stations[1].fd, POLLIN, 0}};

        feed(o);
        if (poll(wait, 2, 30000) <= 0)
            abort();
        for (i = 0; i < 2; i++)
            if (wait[i].revents != 0)
                take(o, (size_t)i);
    }
}

static void
office_run(office *o, int is_shared, unsigned deadly_)
{
    size_t i;

    memset(o, 0, sizeof(*o));
    memset(sets, 0, REQUESTS * sizeof(*sets));
    empty_folder(root);
    o->is_shared = is_shared;
    o->deadly    = deadly_;
    if (is_shared) /* older than the requests: it knows of everything */
        pwwb_journal_free(open_journal(NULL));
    CHECK_INT(0, nanosleep(&(struct timespec){1, 100000000}, NULL)); /* iat counts whole seconds */
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(agent_keys, NULL, &o->portal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&o->reply, NULL));
    seal_all(o);
    for (i = 0; i < 2; i++)
        start(o, i);
    run_to_the_end(o);
    for (i = 0; i < 2; i++) {
        close(o->stations[i].fd);
        (void)waitpid(o->stations[i].pid, NULL, 0);
    }
    pwwb_reply_free(o->reply);
    pwwb_portal_free(o->portal);
}

static long
count_sets(int at_least)
{
    long count = 0;
    int  i;

    for (i = 0; i < REQUESTS; i++)
        count += sets[i] >= at_least;
    return count;
}

static void
what_comes_to_both_at_once_is_set_once(void)
{
    static office o;
    long          wrong = 0;
    int           i;

    office_run(&o, 1, 0);
    for (i = 0; i < REQUESTS; i++)
        wrong += sets[i] != 1 || o.letters[i].code != PWWB_CODE_OK;
    CHECK_INT(0, wrong);
}

/* The control. */
static void
without_a_shared_journal_it_is_set_twice(void)
{
    static office o;

    office_run(&o, 0, 0);
    CHECK_INT(REQUESTS, count_sets(2));
}

/* What is told is true, whoever died at which step; and whom no death met is served. */
static void
agents_that_are_killed_set_nothing_twice_and_tell_nothing_false(void)
{
    static office o;
    long          twice = 0, told = 0, false_ = 0, unserved = 0;
    int           i;

    office_run(&o, 1, 80);
    for (i = 0; i < REQUESTS; i++) {
        int32_t code = o.letters[i].code;

        twice += sets[i] > 1;
        told += code != 0;
        false_ += code == PWWB_CODE_OK && sets[i] != 1;
        false_ += code != 0 && pwwb_code_outcome(code) == PWWB_OUTCOME_NOT_SET && sets[i] != 0;
        unserved += !o.letters[i].was_killed && code != PWWB_CODE_OK;
    }
    printf("# %ld kills; of %d requests, each sent twice, %ld were set, %ld told; twice %ld, false %ld\n",
           o.kills, REQUESTS, count_sets(1), told, twice, false_);
    CHECK_INT(0, twice);
    CHECK_INT(0, false_);
    CHECK_INT(0, unserved);
    CHECK(o.kills > 10 && told > REQUESTS / 2);
}

/* The control: a restarted agent that remembers nothing does it again. */
static void
killed_without_a_shared_journal_they_set_twice(void)
{
    static office o;

    office_run(&o, 0, 80);
    CHECK(count_sets(2) > 0);
}

int
main(void)
{
    sets = mmap(NULL, REQUESTS * sizeof(*sets), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                0);
    if (sets == MAP_FAILED || !make_keys() || !world_begin("/tmp"))
        return 1;

    RUN(what_comes_to_both_at_once_is_set_once);
    RUN(without_a_shared_journal_it_is_set_twice);
    RUN(agents_that_are_killed_set_nothing_twice_and_tell_nothing_false);
    RUN(killed_without_a_shared_journal_they_set_twice);
    world_end();
    drop_keys();
    return DONE;
}
