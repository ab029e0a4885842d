/* SPDX-License-Identifier: Apache-2.0 */
/* A program of somebody else's: it asks the library for what it was told at compile time, and opens a journal of the
 * companion's. The file's path is its argument. */
#include <pwwb/pwwb.h>
#include <pwwb/sqlite.h>
#include <pwwb/amqp.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    pwwb_error   *err     = pwwb_error_new();
    pwwb_journal *journal = NULL;
    pwwb_amqp    *amqp    = NULL;
    pwwb_status   opened, refused;

    if (argc != 2)
        return 2;
    opened  = pwwb_journal_new_sqlite(argv[1], NULL, NULL, &journal, err);
    refused = pwwb_amqp_new(NULL, &amqp, err);
    printf("%d of %d, journal: %s, amqp without options: %s\n", (int)pwwb_version_number(), PWWB_VERSION_NUMBER,
           pwwb_status_name(opened), pwwb_status_name(refused));
    pwwb_journal_free(journal);
    pwwb_error_free(err);
    return pwwb_version_number() != PWWB_VERSION_NUMBER || opened != PWWB_OK || refused != PWWB_E_INVALID_ARGUMENT;
}
