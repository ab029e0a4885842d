/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two agents of one machine, with one journal in a file: what comes to both is set once.
 *
 *     12_shared_journal PATH
 *
 * PATH is made when it is not there, in a folder that nobody else may write. The agents here are two
 * handles in one process; in two processes it is the same.
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>
#include <pwwb/sqlite.h>

#include <stdio.h>
#include <string.h>

#include "memory_directory.h"

static const uint8_t tenant[PWWB_ID_SIZE] = {1, 2, 3};
static const char    password[]           = "New-Password-9";

/* What the portal sends for one person. */
static pwwb_status
seal(pwwb_keyring *keys, const uint8_t *guid, uint8_t *buf, size_t *ret_len, pwwb_error *err)
{
    pwwb_claims  claims = {.size      = sizeof(claims),
                           .operation = PWWB_OPERATION_RESET_SELF,
                           .origin    = PWWB_FROM_RESET_PORTAL,
                           .actor     = PWWB_ACTOR_USER,
                           .user_type = PWWB_USER_PASS_THROUGH,
                           .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};
    pwwb_portal *portal = NULL;
    int32_t      code;
    pwwb_status  st = pwwb_portal_new(keys, NULL, &portal, err);

    memcpy(claims.anchor.guid, guid, PWWB_ID_SIZE);
    if (st == PWWB_OK)
        st = pwwb_portal_begin(portal, &claims, (const uint8_t *)password, strlen(password), NULL, 0,
                               buf, PWWB_ENVELOPE_MAX, ret_len, &code, err);
    pwwb_portal_free(portal);
    return st;
}

/* An agent, from its start to its end, to which the relay gives that message. */
static pwwb_status
serve(const char *name, const char *path, pwwb_keyring *keys, memory_directory *memory,
      const uint8_t *sealed, size_t len, pwwb_error *err)
{
    pwwb_journal   *journal   = NULL;
    pwwb_directory *directory = NULL;
    pwwb_writeback *writeback = NULL;
    pwwb_status     st;

    /* [open] */
    st = pwwb_journal_new_sqlite(path, NULL, NULL, &journal, err); /* <pwwb/sqlite.h>, pkg-config pwwb-sqlite */
    /* [open] end */
    if (st == PWWB_OK)
        st = pwwb_directory_new(&memory_directory_ops, memory, &directory, err);
    if (st == PWWB_OK)
        st = pwwb_writeback_new(keys, NULL, &writeback, err);
    if (st == PWWB_OK)
        st = pwwb_writeback_begin(writeback, sealed, len, err);
    if (st == PWWB_OK)
        st = pwwb_writeback_run(writeback, journal, NULL, directory, 10000, err);
    if (st == PWWB_OK)
        printf("%s: %s; %ld set so far\n", name,
               pwwb_writeback_code(writeback) != 0 ? pwwb_code_name(pwwb_writeback_code(writeback))
                                                   : "answered from the journal",
               memory->sets);
    pwwb_writeback_free(writeback);
    pwwb_directory_free(directory);
    pwwb_journal_free(journal);
    return st;
}

int
main(int argc, char **argv)
{
    static const char *const names[] = {"the first agent", "the second", "the first, started again"};
    memory_directory         memory  = {.rules = {.size   = sizeof(memory.rules),
                                                    .source = PWWB_POLICY_HOST}};
    pwwb_error              *err     = pwwb_error_new();
    pwwb_keyring            *keys    = NULL;
    memory_account          *anna = memory_directory_add(&memory, 7, "anna", "Anna", "Old-Password-1");
    uint8_t                  sealed[PWWB_ENVELOPE_MAX];
    size_t                   len = 0, i;
    pwwb_status              st;

    if (argc != 2) {
        fprintf(stderr, "usage: 12_shared_journal PATH\n");
        pwwb_error_free(err);
        return 2;
    }

    st = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, err);
    if (st == PWWB_OK)
        st = seal(keys, anna->guid, sealed, &len, err);
    for (i = 0; i < sizeof(names) / sizeof(names[0]) && st == PWWB_OK; i++)
        st = serve(names[i], argv[1], keys, &memory, sealed, len, err);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_keyring_free(keys);
    pwwb_error_free(err);
    return st == PWWB_OK && memory.sets == 1 ? 0 : 1;
}
