/* SPDX-License-Identifier: Apache-2.0 */
/* Several forests behind one agent: one that hangs or is down does not delay the others. */
/* rows: 1 13 */
#include "fakes.h"
#include "forests.h"

#define NEW  "Neu-Passwort-7"
#define CORP 0
#define EMEA 1
#define APAC 2

/* One forest behind all its handles. While it hangs a call stays inside to its deadline, or until
 * the forest goes on. */
static struct forest {
    pthread_mutex_t mutex;
    pthread_cond_t  goes_on;
    int             hangs;
    int             inside; /* of the calls that hang */
    int             asked, sets;
} forests[FORESTS_MAX];

/* A clock for gates, which stands but for a second at the end of each call that hung. */
static atomic_int gate_time_ms;

static int64_t
tell_gate_time(void *ctx)
{
    (void)ctx;
    return atomic_load(&gate_time_ms);
}

static const pwwb_clock_ops gate_clock = {sizeof(gate_clock), tell_gate_time, tell_gate_time};

static void
forests_begin(void)
{
    pthread_condattr_t monotonic;
    size_t             i;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (i = 0; i < FORESTS_MAX; i++) {
        memset(&forests[i], 0, sizeof(forests[i]));
        pthread_mutex_init(&forests[i].mutex, NULL);
        pthread_cond_init(&forests[i].goes_on, &monotonic);
    }
    pthread_condattr_destroy(&monotonic);
}

static void
forests_end(void)
{
    size_t i;

    for (i = 0; i < FORESTS_MAX; i++) {
        pthread_cond_destroy(&forests[i].goes_on);
        pthread_mutex_destroy(&forests[i].mutex);
    }
}

static pwwb_status
enter(struct forest *f, int64_t timeout_ms, int is_set)
{
    int64_t         end   = real_ms() + timeout_ms;
    struct timespec until = {(time_t)(end / 1000), (long)(end % 1000 * 1000000)};
    int             rc    = 0;

    pthread_mutex_lock(&f->mutex);
    f->asked++;
    f->inside += f->hangs;
    if (f->hangs) {
        while (f->hangs && rc == 0)
            rc = pthread_cond_timedwait(&f->goes_on, &f->mutex, &until);
        f->inside--;
    }
    if (rc != 0)
        atomic_fetch_add(&gate_time_ms, 1000);
    f->sets += rc == 0 && is_set;
    pthread_mutex_unlock(&f->mutex);
    return rc == 0 ? PWWB_OK : PWWB_E_TIMEOUT;
}

static void
hang(size_t forest, int hangs)
{
    pthread_mutex_lock(&forests[forest].mutex);
    forests[forest].hangs = hangs;
    pthread_cond_broadcast(&forests[forest].goes_on);
    pthread_mutex_unlock(&forests[forest].mutex);
}

static int
look(size_t forest, const int *what)
{
    int value;

    pthread_mutex_lock(&forests[forest].mutex);
    value = *what;
    pthread_mutex_unlock(&forests[forest].mutex);
    return value;
}

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
     pwwb_error *err)
{
    (void)err;
    ret_found->code = PWWB_CODE_NOT_FOUND;
    if (ctx == &forests[CORP]) {
        ret_found->code       = PWWB_CODE_OK;
        ret_found->candidates = 1;
        memcpy(ret_found->guid, anchor->guid, sizeof(ret_found->guid));
    }
    return enter(ctx, timeout_ms, 0);
}

static pwwb_status
read_one(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
         pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    fake_directory d = fake_directory_of(NULL, guid[0]);

    (void)err;
    *ret_account        = d.account;
    *ret_rules          = d.rules;
    ret_account->now_ms = (int64_t)time(NULL) * 1000;
    return enter(ctx, timeout_ms, 0);
}

static pwwb_status
set_one(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
        pwwb_error *err)
{
    (void)set;
    (void)err;
    ret_result->code = PWWB_CODE_OK;
    return enter(ctx, timeout_ms, 1);
}

static const pwwb_directory_ops ops = {
    .size = sizeof(pwwb_directory_ops), .find = find, .read = read_one, .set = set_one};

static pwwb_directory *
open_at(size_t forest)
{
    pwwb_directory *directory;

    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&ops, &forests[forest], &directory, NULL));
    return directory;
}

static pwwb_gate *
gate_of(int32_t most, const pwwb_clock_ops *clock)
{
    pwwb_gate_options o    = {
           .size = sizeof(o), .most = most, .patience_ms = 50, .clock = clock};
    pwwb_gate        *gate = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, NULL));
    return gate;
}

static person
person_of(host *h, size_t forest)
{
    uint8_t guid[PWWB_ID_SIZE];
    person  p;

    memset(guid, (int)(0x20 + forest), sizeof(guid));
    p             = person_in(h, forest, guid);
    p.patience_ms = 30000; /* less than a call may hang */
    return p;
}

/* Until so many calls hang in a forest, or people are answered: their portals give up some time. */
static void
wait_inside(size_t forest, int count)
{
    while (look(forest, &forests[forest].inside) < count)
        rest(2);
}

static int
told(person *people, size_t count)
{
    size_t i;
    int    n = 0;

    for (i = 0; i < count; i++)
        n += atomic_load(&people[i].is_answered);
    return n;
}

static int
count_code(const person *people, size_t count, int32_t code)
{
    size_t i;
    int    n = 0;

    for (i = 0; i < count; i++)
        n += people[i].code == code;
    return n;
}

/* While calls hang for as long as they may, which is longer than the test, everybody else is told. */
static void
forests_that_hang_hold_up_nobody_elses_people(void)
{
    host   h = {.workers = 4, .forests = 3, .timeout_ms = 60000, .open_at = open_at};
    person corp, emea[5], apac;
    size_t i;

    forests_begin();
    h.gates[EMEA] = gate_of(2, NULL);
    h.gates[APAC] = gate_of(1, NULL);
    host_make(&h);
    corp = person_of(&h, CORP);
    apac = person_of(&h, APAC);
    for (i = 0; i < 5; i++)
        emea[i] = person_of(&h, EMEA);
    hang(EMEA, 1);
    hang(APAC, 1);
    host_start(&h);
    person_begins(&apac, NEW);
    for (i = 0; i < 5; i++)
        person_begins(&emea[i], NEW);
    wait_inside(EMEA, 2);
    wait_inside(APAC, 1); /* three of four workers */

    for (i = 0; i < 10; i++)
        CHECK_INT(PWWB_CODE_OK, answer_to(&corp, NEW));
    while (told(emea, 5) < 3)
        rest(2);
    CHECK_INT(2, look(EMEA, &forests[EMEA].inside)); /* those two hang still */
    CHECK_INT(1, look(APAC, &forests[APAC].inside));

    hang(EMEA, 0);
    hang(APAC, 0);
    for (i = 0; i < 5; i++)
        (void)person_is_told(&emea[i]);
    CHECK_INT(PWWB_CODE_OK, person_is_told(&apac));
    CHECK_INT(2, count_code(emea, 5, PWWB_CODE_OK));
    CHECK_INT(3, count_code(emea, 5, PWWB_CODE_UNREACHABLE));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(PWWB_CODE_UNREACHABLE));
    CHECK_INT(PWWB_CODE_OK, answer_to(&emea[0], NEW)); /* as ever */
    host_end(&h);
    CHECK_INT(10, forests[CORP].sets);
    CHECK_INT(3, forests[EMEA].sets);
    CHECK_INT(1, forests[APAC].sets);
    forests_end();
}

/* The control: with all workers inside, the others wait, as long as the hung calls may last. */
static void
without_gates_they_would_hold_up_everybody(void)
{
    host   h = {.workers = 2, .forests = 2, .timeout_ms = 60000, .open_at = open_at};
    person corp, emea[2];

    forests_begin();
    host_make(&h);
    corp    = person_of(&h, CORP);
    emea[0] = person_of(&h, EMEA);
    emea[1] = person_of(&h, EMEA);
    hang(EMEA, 1);
    host_start(&h);
    person_begins(&emea[0], NEW);
    person_begins(&emea[1], NEW);
    wait_inside(EMEA, 2);
    corp.patience_ms = 300;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, answer_to(&corp, NEW));
    CHECK_INT(0, look(CORP, &forests[CORP].asked));
    hang(EMEA, 0);
    CHECK_INT(PWWB_CODE_OK, person_is_told(&emea[0]));
    CHECK_INT(PWWB_CODE_OK, person_is_told(&emea[1]));
    host_end(&h);
    forests_end();
}

/* One that hung to the deadline is not asked for a while, and then it is. */
static void
a_forest_that_comes_back_is_used_again(void)
{
    host   h = {.workers = 2, .forests = 2, .timeout_ms = 1500, .open_at = open_at};
    person corp, emea;
    int    asked;

    forests_begin();
    h.gates[EMEA] = gate_of(1, &gate_clock);
    host_make(&h);
    corp = person_of(&h, CORP);
    emea = person_of(&h, EMEA);
    host_start(&h);
    CHECK_INT(PWWB_CODE_OK, answer_to(&emea, NEW));
    hang(EMEA, 1);
    CHECK_INT(PWWB_CODE_TIMEOUT, answer_to(&emea, NEW));
    hang(EMEA, 0);
    asked = forests[EMEA].asked;
    CHECK_INT(PWWB_CODE_UNREACHABLE, answer_to(&emea, NEW));
    CHECK_INT(asked, look(EMEA, &forests[EMEA].asked));
    CHECK_INT(PWWB_CODE_OK, answer_to(&corp, NEW));
    atomic_fetch_add(&gate_time_ms, 1000);
    CHECK_INT(PWWB_CODE_OK, answer_to(&emea, NEW));
    host_end(&h);
    CHECK_INT(2, forests[EMEA].sets);
    forests_end();
}

/* Somebody could be there too: that cannot be told, and is not guessed. */
static void
without_a_store_a_forest_that_is_not_asked_fails_every_lookup(void)
{
    host            h = {.workers = 1, .forests = 2, .timeout_ms = 10000, .open_at = open_at};
    person          p = {.host = &h, .anchor = {.kind = PWWB_ANCHOR_SOURCE}, .patience_ms = -1};
    pwwb_found      found = {.size = sizeof(found)};
    pwwb_directory *spare;

    forests_begin();
    memset(p.anchor.guid, 0x20, sizeof(p.anchor.guid));
    h.is_without_store = 1;
    h.gates[EMEA]      = gate_of(1, &gate_clock);
    host_make(&h);
    host_start(&h);
    CHECK_INT(PWWB_CODE_OK, answer_to(&p, NEW));

    spare = open_at(EMEA); /* another handle of that forest meets the hang */
    pwwb_directory_set_gate(spare, h.gates[EMEA]);
    hang(EMEA, 1);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_directory_find(spare, &p.anchor, 100, &found, NULL));
    CHECK_INT(PWWB_CODE_UNREACHABLE, answer_to(&p, NEW));
    CHECK_INT(2, look(EMEA, &forests[EMEA].asked));
    pwwb_directory_free(spare);
    host_end(&h);
    CHECK_INT(1, forests[CORP].sets);
    forests_end();
}

int
main(void)
{
    RUN(forests_that_hang_hold_up_nobody_elses_people);
    RUN(without_gates_they_would_hold_up_everybody);
    RUN(a_forest_that_comes_back_is_used_again);
    RUN(without_a_store_a_forest_that_is_not_asked_fails_every_lookup);
    return DONE;
}
