/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 11 20 */
#include "envelope.h"

#include "envelopes.h"

static const int64_t now_ms = (int64_t)IAT * 1000;

/* The key was made now, by the machine's clock, and the heartbeat is of then or later. */
static pwwb_heartbeat
right(void)
{
    pwwb_heartbeat h = {.size           = sizeof(h),
                        .agent_id       = "agent of a test",
                        .boot_id        = "boot of a test.",
                        .sequence       = 7,
                        .time_ms        = now_ms,
                        .health         = PWWB_HEALTH_DEGRADED,
                        .counters       = {0, 1, 2, 3, 4, 5, 6, INT64_MAX},
                        .min_length     = 14,
                        .complexity     = PWWB_YES,
                        .history_length = 24,
                        .min_age_s      = 86400,
                        .max_age_s      = -1,
                        .rules_source   = PWWB_POLICY_DOMAIN,
                        .version        = 10203,
                        .directories    = 3,
                        .directories_up = 2};

    return h;
}

static pwwb_status
seal(const pwwb_heartbeat *h, sealed *s)
{
    return pwwb_heartbeat_seal(env_keys[1], h, s->octets, sizeof(s->octets), &s->len, NULL);
}

static pwwb_status
open_after(const sealed *s, const pwwb_heartbeat *last, size_t count, int64_t now_s,
           pwwb_heartbeat *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->size = sizeof(*ret);
    return pwwb_heartbeat_open(env_keys[1], s->octets, s->len, last, count, now_s, 120, ret, NULL);
}

static size_t
outer_open(const sealed *s, uint8_t *plain)
{
    const wb_epoch *epoch;
    size_t          len = 0;

    CHECK_STATUS(PWWB_OK, wb_outer_open(env_keys[1], WB_LABEL_HEARTBEAT,
                                        wb_span_of(s->octets, s->len), plain, &len, &epoch, NULL));
    return len;
}

static void
it_stands_in_octets_as_the_protocol_says(void)
{
    pwwb_heartbeat h = right(), got;
    sealed         s;
    uint8_t        plain[PWWB_ENVELOPE_MAX];
    size_t         i, len;
    wb_cbor        in;

    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    len = outer_open(&s, plain);
    CHECK_INT(384, (intmax_t)len);
    in = wb_cbor_read(wb_span_of(plain, len));
    CHECK_INT(9, (intmax_t)wb_cbor_map(&in));
    wb_cbor_expect(&in, 1);
    CHECK_MEM(h.agent_id, 16, wb_cbor_octets(&in).p, 16);
    wb_cbor_expect(&in, 2);
    CHECK_MEM(h.boot_id, 16, wb_cbor_octets(&in).p, 16);
    wb_cbor_expect(&in, 3);
    CHECK_INT(7, (intmax_t)wb_cbor_uint(&in));
    wb_cbor_expect(&in, 4);
    CHECK_INT(now_ms, wb_cbor_int(&in));
    wb_cbor_expect(&in, 5);
    CHECK_INT(2, wb_cbor_int(&in));
    wb_cbor_expect(&in, 6);
    CHECK_INT(0, wb_cbor_int(&in));
    wb_cbor_expect(&in, 7);
    CHECK_INT(8, (intmax_t)wb_cbor_array(&in));
    for (i = 0; i < 7; i++)
        CHECK_INT((intmax_t)i, wb_cbor_int(&in));
    CHECK_INT(INT64_MAX, wb_cbor_int(&in));
    wb_cbor_expect(&in, 8);
    CHECK_INT(6, (intmax_t)wb_cbor_array(&in));
    CHECK_INT(14, wb_cbor_int(&in));
    CHECK_INT(1, wb_cbor_int(&in));
    CHECK_INT(24, wb_cbor_int(&in));
    CHECK_INT(86400, wb_cbor_int(&in));
    CHECK_INT(-1, wb_cbor_int(&in));
    CHECK_INT(2, wb_cbor_int(&in));
    wb_cbor_expect(&in, 9);
    CHECK_INT(3, (intmax_t)wb_cbor_array(&in));
    CHECK_INT(10203, wb_cbor_int(&in));
    CHECK_INT(3, wb_cbor_int(&in));
    CHECK_INT(2, wb_cbor_int(&in));
    wb_cbor_zeros(&in);
    CHECK_STATUS(PWWB_OK, in.status);

    CHECK_STATUS(PWWB_OK, open_after(&s, NULL, 0, IAT, &got));
    CHECK_MEM(&h, sizeof(h), &got, sizeof(got));
}

static void
each_is_as_long_as_the_others_and_short(void)
{
    pwwb_heartbeat h = right();
    sealed         s, most;

    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    h.sequence = INT64_MAX;
    h.time_ms  = INT64_MAX;
    memset(h.counters, 0x7f, sizeof(h.counters));
    h.min_length     = INT32_MAX;
    h.history_length = INT32_MAX;
    h.min_age_s      = INT64_MAX;
    h.max_age_s      = INT64_MAX;
    h.version = h.directories = h.directories_up = INT32_MAX;
    CHECK_STATUS(PWWB_OK, seal(&h, &most));
    printf("# a heartbeat takes %zu octets\n", s.len);
    CHECK(s.len <= 500);
    CHECK_INT((intmax_t)s.len, (intmax_t)most.len);
}

/* One field of a heartbeat, out of its range. */
static void
break_field(pwwb_heartbeat *h, size_t which)
{
    switch (which) {
    case 0: memset(h->agent_id, 0, PWWB_ID_SIZE); break;
    case 1: memset(h->boot_id, 0, PWWB_ID_SIZE); break;
    case 2: h->sequence = 0; break;
    case 3: h->sequence = (uint64_t)INT64_MAX + 1; break;
    case 4: h->time_ms = -1; break;
    case 5: h->health = 0; break;
    case 6: h->health = 5; break;
    case 7: h->counters[0] = (uint64_t)INT64_MAX + 1; break;
    case 8: h->counters[7] = UINT64_MAX; break;
    case 9: h->min_length = -2; break;
    case 10: h->complexity = -1; break;
    case 11: h->complexity = 3; break;
    case 12: h->history_length = -2; break;
    case 13: h->min_age_s = -2; break;
    case 14: h->max_age_s = -2; break;
    case 15: h->rules_source = 0; break;
    case 16: h->rules_source = 6; break;
    case 17: h->version = -1; break;
    case 18: h->directories_up = -1; break;
    case 19: h->directories = 1; break;
    default: abort();
    }
}

static void
a_field_out_of_range_is_not_sealed(void)
{
    sealed s;
    size_t i;

    for (i = 0; i < 20; i++) {
        pwwb_heartbeat h = right();

        break_field(&h, i);
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, seal(&h, &s));
    }
}

/* The plaintext by hand: numbers in their order, after the ids. */
typedef struct wire {
    int64_t pairs, sequence, time, health, age, counters, counter, rules, rule[6], abouts, about[3],
        total;
    int     extra; /* an octet that is no zero, at the end */
} wire;

static const wire right_wire = {.pairs = 9, .sequence = 1, .time = (int64_t)IAT * 1000, .health = 1,
                                .counters = 8, .rules = 6, .rule = {0, 0, 0, 0, 0, 5},
                                .abouts = 3, .total = 384};

static pwwb_status
read_wire(const wire *w)
{
    uint8_t        plain[512] = {0};
    wb_cbor_out    out        = wb_cbor_write(plain, sizeof(plain));
    pwwb_heartbeat h;
    int64_t        i;

    wb_cbor_put_map(&out, (size_t)w->pairs);
    for (i = 1; i <= 2; i++) {
        wb_cbor_put_int(&out, i);
        wb_cbor_put_octets(&out, wb_span_of("sixteen octets..", 16));
    }
    for (i = 3; i <= 6; i++) {
        wb_cbor_put_int(&out, i);
        wb_cbor_put_int(&out, (const int64_t[]){w->sequence, w->time, w->health, w->age}[i - 3]);
    }
    wb_cbor_put_int(&out, 7);
    wb_cbor_put_array(&out, (size_t)w->counters);
    for (i = 0; i < w->counters; i++)
        wb_cbor_put_int(&out, w->counter);
    wb_cbor_put_int(&out, 8);
    wb_cbor_put_array(&out, (size_t)w->rules);
    for (i = 0; i < w->rules; i++)
        wb_cbor_put_int(&out, w->rule[i % 6]);
    wb_cbor_put_int(&out, 9);
    wb_cbor_put_array(&out, (size_t)w->abouts);
    for (i = 0; i < w->abouts; i++)
        wb_cbor_put_int(&out, w->about[i % 3]);
    plain[w->total - 1] |= (uint8_t)w->extra;
    return wb_heartbeat_read(wb_span_of(plain, (size_t)w->total), &h);
}

static void
a_field_out_of_range_is_not_read(void)
{
    static const struct {
        size_t  at;
        int64_t value;
    } wrong[] = {
        {offsetof(wire, pairs), 8},      {offsetof(wire, pairs), 10},
        {offsetof(wire, sequence), 0},   {offsetof(wire, sequence), -1},
        {offsetof(wire, time), -1},      {offsetof(wire, health), 0},
        {offsetof(wire, health), 5},     {offsetof(wire, age), -1},
        {offsetof(wire, counters), 7},   {offsetof(wire, counters), 9},
        {offsetof(wire, counter), -1},   {offsetof(wire, rules), 5},
        {offsetof(wire, rules), 7},      {offsetof(wire, rule[0]), -2},
        {offsetof(wire, rule[0]), (int64_t)INT32_MAX + 1},
        {offsetof(wire, rule[0]), INT64_MIN},
        {offsetof(wire, rule[1]), -1},   {offsetof(wire, rule[1]), 3},
        {offsetof(wire, rule[2]), -2},   {offsetof(wire, rule[2]), (int64_t)INT32_MAX + 1},
        {offsetof(wire, rule[3]), -2},   {offsetof(wire, rule[4]), -2},
        {offsetof(wire, rule[5]), 0},    {offsetof(wire, rule[5]), 6},
        {offsetof(wire, abouts), 2},     {offsetof(wire, abouts), 4},
        {offsetof(wire, about[0]), -1},  {offsetof(wire, about[0]), (int64_t)INT32_MAX + 1},
        {offsetof(wire, about[1]), -1},  {offsetof(wire, about[2]), 1},
        {offsetof(wire, total), 383},    {offsetof(wire, total), 385},
    };
    wire   w = right_wire;
    size_t i;

    CHECK_STATUS(PWWB_OK, read_wire(&w));
    w.rule[0] = w.rule[2] = w.rule[3] = w.rule[4] = -1; /* not known */
    CHECK_STATUS(PWWB_OK, read_wire(&w));
    w       = right_wire;
    w.extra = 1;
    CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    for (i = 0; i < COUNT(wrong); i++) {
        w = right_wire;
        memcpy((char *)&w + wrong[i].at, &wrong[i].value, sizeof(int64_t));
        CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    }
}

static void
it_is_news_when_it_is_newer_than_the_last_of_its_agent(void)
{
    static const struct {
        const char *what;
        int         same_agent, same_boot;
        int64_t     sequence, time; /* as differences */
        pwwb_status expected;
    } cases[] = {
        {"itself", 1, 1, 0, 0, PWWB_E_REPLAYED},
        {"the next", 1, 1, 1, 1000, PWWB_OK},
        {"the next by a clock that was set back", 1, 1, 1, -1000, PWWB_OK},
        {"one before", 1, 1, -1, -1000, PWWB_E_REPLAYED},
        {"one before that says it is later", 1, 1, -1, 1000, PWWB_E_REPLAYED},
        {"a later boot", 1, 0, -6, 1, PWWB_OK},
        {"an earlier boot", 1, 0, 100, -1, PWWB_E_REPLAYED},
        {"another boot at the same time", 1, 0, 1, 0, PWWB_E_REPLAYED},
        {"another agent's", 0, 1, -1, -1000, PWWB_OK},
    };
    pwwb_heartbeat last[2] = {right(), right()}, h, got;
    sealed         s;
    size_t         i;

    memcpy(last[0].agent_id, "a third agent..", 16);
    last[0].sequence = INT64_MAX;
    for (i = 0; i < COUNT(cases); i++) {
        pwwb_status st;

        h = right();
        h.sequence += (uint64_t)cases[i].sequence;
        h.time_ms += cases[i].time;
        if (!cases[i].same_agent)
            memcpy(h.agent_id, "another agent..", 16);
        if (!cases[i].same_boot)
            memcpy(h.boot_id, "another boot...", 16);
        CHECK_STATUS(PWWB_OK, seal(&h, &s));
        st = open_after(&s, last, 2, IAT, &got);
        if (st != cases[i].expected)
            printf("# %s\n", cases[i].what);
        CHECK_STATUS(cases[i].expected, st);
        CHECK_INT(st == PWWB_OK ? (intmax_t)h.sequence : 0, (intmax_t)got.sequence);
    }
}

static void
it_is_news_for_ten_minutes_and_the_skew(void)
{
    pwwb_heartbeat h = right(), got;
    sealed         s;

    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    CHECK_STATUS(PWWB_OK, open_after(&s, NULL, 0, IAT + 720, &got));
    CHECK_STATUS(PWWB_E_EXPIRED, open_after(&s, NULL, 0, IAT + 721, &got));
    CHECK_STATUS(PWWB_OK, open_after(&s, NULL, 0, IAT - 120, &got));
    CHECK_STATUS(PWWB_E_NOT_YET, open_after(&s, NULL, 0, IAT - 121, &got));
    h.time_ms = INT64_MAX;
    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    CHECK_STATUS(PWWB_E_NOT_YET, open_after(&s, NULL, 0, IAT, &got));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_after(&s, NULL, 0, -1, &got));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_after(&s, NULL, 0, INT64_MAX, &got));
}

static void
its_key_age_is_that_of_the_active_epoch(void)
{
    pwwb_heartbeat h = right(), got;
    int64_t        made_s = wb_keyring_active(env_keys[1])->created_s;
    sealed         s;

    h.time_ms = (made_s + 12345) * 1000 + 999;
    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    CHECK_STATUS(PWWB_OK, open_after(&s, NULL, 0, made_s + 12345, &got));
    CHECK_INT(12345, got.key_age_s);
    h.time_ms = (made_s - 1) * 1000; /* a clock that is behind */
    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    CHECK_STATUS(PWWB_OK, open_after(&s, NULL, 0, made_s, &got));
    CHECK_INT(0, got.key_age_s);
}

static void
what_is_too_short_says_how_much_it_needs(void)
{
    pwwb_heartbeat h = right();
    sealed         s;
    size_t         len = 0;

    CHECK_STATUS(PWWB_OK, seal(&h, &s));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_heartbeat_seal(env_keys[1], &h, s.octets, s.len - 1, &len, NULL));
    CHECK_INT((intmax_t)s.len, (intmax_t)len);
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_heartbeat_seal(env_keys[1], &h, NULL, 0, &len, NULL));
    h.size = 8;
    CHECK_STATUS(PWWB_E_ABI, seal(&h, &s));
}

int
main(void)
{
    env_begin();
    RUN(it_stands_in_octets_as_the_protocol_says);
    RUN(each_is_as_long_as_the_others_and_short);
    RUN(a_field_out_of_range_is_not_sealed);
    RUN(a_field_out_of_range_is_not_read);
    RUN(it_is_news_when_it_is_newer_than_the_last_of_its_agent);
    RUN(it_is_news_for_ten_minutes_and_the_skew);
    RUN(its_key_age_is_that_of_the_active_epoch);
    RUN(what_is_too_short_says_how_much_it_needs);
    env_end();
    return DONE;
}
