/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_LEDGER_H
#define CONTRACT_LEDGER_H

/* What the senders were told of each message, and how often it came: the two must fit. A message is
 * sent once and named by its number. */

#include "contract.h"

#define CT_LEDGER_MAX 8192

typedef struct ct_ledger {
    int         count;
    pwwb_status told[CT_LEDGER_MAX];
    int         came[CT_LEDGER_MAX];
    int         strange; /* what came and was never sent */
} ct_ledger;

/* What is accepted and not expired must come; of what was refused nothing may come. */
enum ct_promise { CT_COMES, CT_DOES_NOT_COME, CT_MAY_COME, CT_NO_ANSWER };

static inline int
ct_promise_of(pwwb_status told)
{
    switch (told) {
    case PWWB_OK:
        return CT_COMES;
    case PWWB_E_FULL:
    case PWWB_E_NO_AGENT:
    case PWWB_E_NO_MEMORY:
    case PWWB_E_CONNECT:
    case PWWB_E_AUTH:
    case PWWB_E_TLS:
    case PWWB_E_TLS_CA:
    case PWWB_E_TLS_NAME:
    case PWWB_E_TLS_EXPIRED:
        return CT_DOES_NOT_COME;
    case PWWB_E_TIMEOUT:
    case PWWB_E_CLOSED:
        return CT_MAY_COME;
    default:
        return CT_NO_ANSWER;
    }
}

/* Any thread, each with numbers of its own. */
static inline pwwb_status
ct_ledger_send(ct_ledger *l, int number, pwwb_transport *from, int64_t timeout_ms)
{
    char text[16];

    snprintf(text, sizeof(text), "m%d", number);
    l->told[number] = ct_send(from, "", text, timeout_ms);
    return l->told[number];
}

/* The number of what came; -1 = it was not sent in this test. */
static inline int
ct_ledger_number(const ct_ledger *l, const ct_taken *taken)
{
    int          number = -1;
    pwwb_message m      = ct_message("", taken->text, 0);

    if (sscanf(taken->text, "m%d", &number) != 1 || number < 0 || number >= l->count ||
        memcmp(m.id, taken->delivery.id, sizeof(m.id)) != 0)
        return -1;
    return number;
}

/* Take and accept until nothing comes for a while. b may be NULL. */
static inline void
ct_ledger_drain(ct_ledger *l, pwwb_transport *a, pwwb_transport *b, int64_t quiet_ms)
{
    ct_taken taken;

    while (ct_take_any(a, b, &taken, quiet_ms) == PWWB_OK) {
        int number = ct_ledger_number(l, &taken);

        if (number < 0)
            l->strange++;
        else
            l->came[number]++;
        (void)ct_settle(&taken, PWWB_SETTLE_ACCEPT);
    }
}

static inline void
ct_ledger_check(const ct_ledger *l)
{
    int i, count[4] = {0}, lost = 0, ghosts = 0, again = 0, came = 0;

    for (i = 0; i < l->count; i++) {
        int promise = ct_promise_of(l->told[i]);

        count[promise]++;
        lost += promise == CT_COMES && l->came[i] == 0;
        ghosts += promise == CT_DOES_NOT_COME && l->came[i] != 0;
        came += promise == CT_MAY_COME && l->came[i] != 0;
        again += l->came[i] > 1;
    }
    printf("# %d sent: %d accepted, %d refused, %d unknown of which %d came; %d came again\n",
           l->count, count[CT_COMES], count[CT_DOES_NOT_COME], count[CT_MAY_COME], came, again);
    CHECK_INT(0, lost);
    CHECK_INT(0, ghosts);
    CHECK_INT(0, count[CT_NO_ANSWER]);
    CHECK_INT(0, l->strange);
}

#endif /* CONTRACT_LEDGER_H */
