/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of DNS as fuzz_dns.c wants them: a head, and what follows the question. */
#include "seeds.h"

#define HEAD(flags, answers) "\x12\x34" flags "\0\0\0" answers "\0\0\0\0"
#define SRV(rest)            "\xc0\x0c\0\x21\0\x01\0\0\x02\x58" rest
#define DC1                  "\0\x13\0\0\0\x64\x01\x85\x03" "dc1\x04" "corp\x04" "test\0"
#define SEED(text)           put("dns", text, sizeof(text) - 1)

/* The same with its question, which then stands there twice or is passed over. */
#define QUESTION \
    "\x05_ldap\x04_tcp\x03pdc\x06_msdcs\x04" "corp\x04" "test\0\0\x21\0\x01"
#define WHOLE(flags, rest) "\x12\x34" flags "\0\1\0\1\0\0\0\0" QUESTION rest

void
seed_dns(void)
{
    static const char many[] = HEAD("\x81\x80", "\x28");
    char              whole[sizeof(many) + 40 * 31];
    size_t            i, len = sizeof(many) - 1;

    SEED(HEAD("\x81\x80", "\1") SRV(DC1));
    SEED(HEAD("\x81\x80", "\2") SRV(DC1) SRV("\0\x07\0\0\0\0\x01\x85\0"));
    SEED(HEAD("\x81\x80", "\1") SRV("\0\x08\0\0\0\0\x01\x85\xc0\x0c"));
    SEED(HEAD("\x81\x80", "\1") SRV("\0\x08\0\0\0\0\x01\x85\xc0\x41"));
    SEED(HEAD("\x81\x80", "\1") SRV("\0\x13\0\0\0\0\0\0\x03" "dc1\x04" "corp\x04" "test\0"));
    SEED(HEAD("\x81\x80", "\1") SRV("\0\x06\0\0\0\0\x01\x85"));
    SEED(HEAD("\x81\x80", "\1") SRV("\0\x12\0\0\0\0\x01\x85\x03" "dc1\x04" "corp\x04" "test\0"));
    SEED(HEAD("\x81\x80", "\1") "\xc0\x0c\0\x05\0\x01\0\0\x02\x58\0\x02\xc0\x0c");
    SEED(HEAD("\x81\x80", "\1") "\x03" "dc1\0\0\x21\0\x01\0\0\x02\x58" DC1);
    SEED(HEAD("\x81\x80", "\0"));
    SEED(HEAD("\x81\x80", "\1"));
    SEED(HEAD("\x83\x80", "\0"));
    SEED(HEAD("\x81\x83", "\0"));
    SEED(HEAD("\x81\x82", "\0"));
    SEED(WHOLE("\x81\x80", SRV(DC1)));
    SEED(WHOLE("\x01\x80", SRV(DC1)));
    SEED("\0\0\0\0\0\0\0\0\0\0\0\0_ldap._tcp.dc._msdcs.example.com");
    SEED("\0\0\0\0\0\0\0\0\0\0\0\0a..b");

    memcpy(whole, many, len);
    for (i = 0; i < 40; i++, len += 31)
        memcpy(whole + len, SRV(DC1), 31);
    put("dns", whole, len);
}
