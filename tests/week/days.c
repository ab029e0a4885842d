/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in a week, and when; and what each request must come to. */
#include "week.h"

#define KINDS 9

/* Whether it is that time of each day. */
static int
is_at(int64_t of_week, int64_t hour, int64_t minute)
{
    return of_week % DAY == hour * HOUR + minute * MINUTE;
}

static int64_t
back_at(int64_t of_week) /* the hour; of each day another */
{
    return 4 + of_week / DAY % 4;
}

static int
is_idle_restart(int64_t of_week)
{
    return is_at(of_week, 6, 17) || is_at(of_week, 12, 17) || is_at(of_week, 18, 17);
}

/* At noon somebody asks each minute for one account. */
static int
burst_of(int64_t of_week)
{
    int64_t minute = (of_week % DAY - 12 * HOUR - 31 * MINUTE) / MINUTE;

    return of_week % DAY >= 12 * HOUR + 31 * MINUTE && minute < BURST ? (int)minute : -1;
}

int
week_is_for_work(int64_t of_week)
{
    return of_week % EACH == 0 || burst_of(of_week) >= 0 || is_at(of_week, 2, 3) || is_at(of_week, back_at(of_week), 3)
           || is_idle_restart(of_week - MINUTE);
}

/* ---- what goes wrong ---- */

static void
restart_relay(void *ctx)
{
    week *w = ctx;

    w->restarts++;
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(w->relay, PWWB_RELAY_RESTART, 0, NULL));
}

/* The directory goes, and the one who asks a minute later is the first to notice; it comes back, and the
 * agent's own question notices. Both are told by a heartbeat more. */
void
week_change(week *w, int64_t of_week)
{
    if (is_at(of_week, 2, 2)) {
        w->directory.is_away = 1;
        w->outages++;
    }
    if (is_at(of_week, back_at(of_week), 2))
        w->directory.is_away = 0;
    if (is_idle_restart(of_week))
        restart_relay(w);
}

/* ---- requests ---- */

static void
ask(week *w, const week_ask *q, int32_t expected)
{
    int32_t code = week_portal_ask(&w->portal, q, w->agent);

    w->asked++;
    w->sets += pwwb_code_class(expected) == PWWB_CODE_CLASS_DONE;
    if (code == expected)
        return;
    w->wrong_codes++;
    printf("# request %ld: %s, and not %s\n", w->asked, pwwb_code_name(code), pwwb_code_name(expected));
}

/* A new password that has not been there; by default of one of the usual people. */
static week_ask
reset_of(const week *w)
{
    static char word[64];

    (void)snprintf(word, sizeof(word), "Word-%ld", 1000000 + w->asked);
    return (week_ask){(int)(w->asked / KINDS % WEEK_STRICT), PWWB_OPERATION_RESET_SELF, PWWB_USER_PASS_THROUGH, word,
                      NULL};
}

static void
ask_change(week *w, const char *old, int32_t expected)
{
    week_ask q = reset_of(w);

    q.operation = PWWB_OPERATION_CHANGE;
    q.old       = old != NULL ? old : w->directory.people[q.person].password;
    ask(w, &q, expected);
}

static void
ask_of(week *w, int person, int32_t operation, int32_t expected)
{
    week_ask q = reset_of(w);

    q.person    = person;
    q.operation = operation;
    if (operation == PWWB_OPERATION_UNLOCK)
        q.password = NULL;
    ask(w, &q, expected);
}

static void
ask_plain(week *w, int32_t user_type, const char *password, int32_t expected)
{
    week_ask q = reset_of(w);

    q.user_type = user_type;
    if (password != NULL)
        q.password = password;
    ask(w, &q, expected);
}

/* The next one in a round of kinds. */
static void
ask_next(week *w)
{
    switch (w->asked % KINDS) {
    case 1:
        ask_change(w, NULL, PWWB_CODE_OK);
        break;
    case 2:
        ask_change(w, "Not-The-Old-One", PWWB_CODE_OLD_PASSWORD_WRONG);
        break;
    case 3: /* 20 characters, which no heartbeat tells */
        ask_of(w, WEEK_STRICT, PWWB_OPERATION_RESET_SELF, PWWB_CODE_POLICY_TOO_SHORT);
        break;
    case 4: /* 8, which each tells: refused at the portal */
        ask_plain(w, PWWB_USER_PASS_THROUGH, "short", PWWB_CODE_POLICY_TOO_SHORT);
        break;
    case 5:
        ask_of(w, 5, PWWB_OPERATION_UNLOCK, PWWB_CODE_OK);
        break;
    case 6:
        ask_of(w, WEEK_DISABLED, PWWB_OPERATION_RESET_SELF, PWWB_CODE_DISABLED);
        break;
    case 7:
        ask_plain(w, PWWB_USER_HASH_SYNC, NULL, PWWB_CODE_OK_PENDING_SYNC);
        break;
    case 8:
        if (w->asked % 2 != 0)
            ask_of(w, WEEK_OUTSIDE, PWWB_OPERATION_RESET_SELF, PWWB_CODE_LIMIT_SCOPE);
        else
            ask_of(w, 0, PWWB_OPERATION_RESET_ADMIN, PWWB_CODE_LIMIT_OPERATION);
        break;
    default:
        ask_plain(w, PWWB_USER_PASS_THROUGH, NULL, PWWB_CODE_OK);
        break;
    }
}

void
week_ask_what_is_due(week *w, int64_t of_week)
{
    int burst = burst_of(of_week);

    if (burst >= 0)
        ask_of(w, WEEK_GREEDY, PWWB_OPERATION_RESET_SELF, burst < PER_HOUR ? PWWB_CODE_OK : PWWB_CODE_LIMIT_RATE);
    if (w->directory.is_away && (of_week % EACH == 0 || is_at(of_week, 2, 3))) {
        ask_plain(w, PWWB_USER_PASS_THROUGH, NULL, PWWB_CODE_UNREACHABLE);
    } else if (is_at(of_week, 15, 0)) { /* the relay is restarted while the directory writes */
        w->directory.on_set     = restart_relay;
        w->directory.on_set_ctx = w;
        w->repeats++;
        w->releases++;
        ask_plain(w, PWWB_USER_PASS_THROUGH, NULL, PWWB_CODE_OK);
    } else if (is_at(of_week, 20, 0)) { /* a message comes twice */
        CHECK_STATUS(PWWB_OK, pwwb_relay_fault(w->relay, PWWB_RELAY_DUPLICATE, 1, NULL));
        w->repeats++;
        ask_plain(w, PWWB_USER_PASS_THROUGH, NULL, PWWB_CODE_OK);
    } else if (of_week % EACH == 0) {
        ask_next(w);
    }
}
