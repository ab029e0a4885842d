/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An agent without loops or threads of the library's: each need of one request is answered by the
 * host, and the host decides when.
 *
 *     14_steps
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "memory_directory.h"
#include "steps.h"

static const uint8_t tenant[PWWB_ID_SIZE] = {1, 2, 3};
static const char    password[]           = "New-Password-9";

/* What a portal sends. */
static pwwb_status
seal(pwwb_keyring *keys, const uint8_t *guid, uint8_t *buf, size_t *ret_len, pwwb_error *err)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = time(NULL),
                          .exp       = time(NULL) + 120,
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_PASS_THROUGH,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};

    memcpy(claims.anchor.guid, guid, PWWB_ID_SIZE);
    return pwwb_request_seal(keys, &claims, (const uint8_t *)password, strlen(password), NULL, 0,
                             buf, PWWB_ENVELOPE_MAX, ret_len, err);
}

/* [begin] */
/* A message came. One sealed under a key that this process does not have yet is begun again with what
 * the key store has now; a host that has no newer keys either gives the message back. */
static pwwb_status
begin(steps *s, pwwb_keyring *newer, const uint8_t *sealed, size_t len)
{
    pwwb_status st = pwwb_writeback_begin(s->writeback, sealed, len, s->err);

    if (st != PWWB_E_KEY_UNKNOWN)
        return st;

    printf("the keys are newer than these: looked up again\n");
    st = pwwb_writeback_set_keyring(s->writeback, newer, s->err);
    return st == PWWB_OK ? pwwb_writeback_begin(s->writeback, sealed, len, s->err) : st;
}
/* [begin] end */

/* [serve] */
static pwwb_status
serve(steps *s, pwwb_keyring *newer, const uint8_t *sealed, size_t len)
{
    size_t      reply_len = 0;
    pwwb_status st        = begin(s, newer, sealed, len);

    while (st == PWWB_OK && !steps_are_over(s)) {
        printf("  %s\n", steps_name(pwwb_writeback_need(s->writeback)));
        st = steps_answer(s); /* here one may go back to a loop, and come again */
    }
    if (st != PWWB_OK)
        return st;

    (void)pwwb_writeback_reply(s->writeback, &reply_len); /* to the transport; then settle */
    printf("  %s: %zu octets, %s\n", steps_name(pwwb_writeback_need(s->writeback)), reply_len,
           pwwb_writeback_code(s->writeback) != 0 ? pwwb_code_name(pwwb_writeback_code(s->writeback))
                                                  : "the first answer again");
    pwwb_writeback_wipe(s->writeback);
    return st;
}
/* [serve] end */

int
main(void)
{
    memory_directory memory = {.rules = {.size = sizeof(memory.rules), .source = PWWB_POLICY_HOST}};
    memory_account  *anna = memory_directory_add(&memory, 7, "anna", "Anna", "Old-Password-1");
    steps            s    = {.err = pwwb_error_new()};
    pwwb_keyring    *old = NULL, *keys = NULL;
    uint8_t          sealed[PWWB_ENVELOPE_MAX];
    size_t           len = 0;
    pwwb_status      st  = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &old, s.err);

    if (st == PWWB_OK)
        st = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, s.err);
    if (st == PWWB_OK)
        st = pwwb_directory_new(&memory_directory_ops, &memory, &s.directory, s.err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(1000, NULL, NULL, &s.journal, s.err);
    if (st == PWWB_OK)
        st = pwwb_writeback_new(old, NULL, &s.writeback, s.err);
    if (st == PWWB_OK)
        st = seal(keys, anna->guid, sealed, &len, s.err);
    if (st == PWWB_OK)
        st = serve(&s, keys, sealed, len);
    if (st == PWWB_OK)
        st = serve(&s, keys, sealed, len); /* the relay gives it once more */
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(s.err));
    pwwb_writeback_free(s.writeback);
    pwwb_journal_free(s.journal);
    pwwb_directory_free(s.directory);
    pwwb_keyring_free(keys);
    pwwb_keyring_free(old);
    pwwb_error_free(s.err);
    return st == PWWB_OK && memory.sets == 1 && strcmp(anna->password, password) == 0 ? 0 : 1;
}
