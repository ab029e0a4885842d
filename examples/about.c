/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which library is loaded, and what it can do here.
 *
 *     about
 */
#include <pwwb/pwwb.h>

#include <stdio.h>

int
main(void)
{
    static const struct {
        int32_t     feature;
        const char *yes, *no;
    } features[] = {
        {PWWB_FEATURE_LDAP, "directories over LDAP", "no LDAP: bring a directory of your own"},
        {PWWB_FEATURE_AESNI, "AES-GCM by the processor", "AES-GCM by mbedTLS, not constant in time"},
        {PWWB_FEATURE_MEMLOCK, "secrets are locked in memory", "RLIMIT_MEMLOCK lets no secret be locked"},
    };
    int32_t version = pwwb_version_number();
    size_t  i;

    printf("libpwwb %d.%d.%d, compiled with headers of %d.%d.%d\n", (int)version / 10000,
           (int)version / 100 % 100, (int)version % 100, PWWB_VERSION_NUMBER / 10000,
           PWWB_VERSION_NUMBER / 100 % 100, PWWB_VERSION_NUMBER % 100);
    for (i = 0; i < sizeof(features) / sizeof(features[0]); i++)
        printf("  %s\n", pwwb_has_feature(features[i].feature) ? features[i].yes : features[i].no);
    return version / 10000 == PWWB_VERSION_NUMBER / 10000 ? 0 : 1;
}
