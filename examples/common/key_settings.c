/* SPDX-License-Identifier: Apache-2.0 */
#include "key_settings.h"

#define AT(member) offsetof(key_settings, member)

static const char *const suites[] = {"rsa", "x25519", NULL};

const setting key_table[] = {
    {"file", SETTING_TEXT, 1, AT(file), "the tenant's keys; made when it is not there", NULL, 0, 0, NULL, NULL, 0},
    {"lock_file", SETTING_TEXT, 0, AT(lock_file), "32 octets that seal it, the owner's alone; or a passphrase", NULL,
     0, 0, NULL, NULL, 0},
    {"passphrase_file", SETTING_TEXT, 0, AT(passphrase_file), "a file; its first line is the passphrase", NULL, 0,
     0, NULL, NULL, 0},
    {"roll_days", SETTING_NUMBER, 0, AT(roll_days), "agents: keys that old are replaced", "182", 1, 36500, NULL,
     NULL, 0},
    {"suite", SETTING_WORD, 0, AT(suite), "agents: of new keys", "rsa", 0, 0, suites, NULL, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

int
key_settings_check(const settings *s, const key_settings *k)
{
    if ((k->lock_file != NULL) + (k->passphrase_file != NULL) == 1)
        return 0;
    settings_complain(s, "keys.lock_file", "either lock_file or passphrase_file was expected");
    return 1;
}

pwwb_status
key_settings_open(const key_settings *k, pwwb_keystore **ret_store, pwwb_error *err)
{
    pwwb_keystore_options options = {.size = sizeof(options)};

    options.lock        = k->lock_file != NULL ? PWWB_LOCK_KEY : PWWB_LOCK_PASSPHRASE;
    options.secret_file = k->lock_file != NULL ? k->lock_file : k->passphrase_file;
    return pwwb_keystore_new_file(k->file, &options, ret_store, err);
}

int32_t
key_settings_suite(const key_settings *k)
{
    return k->suite == 1 ? PWWB_SUITE_X25519 : PWWB_SUITE_RSA;
}
