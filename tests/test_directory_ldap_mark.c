/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* Where a step begins, as octets: written by hand after RFC 8949 3, and whatever else may stand in a file. */
#include "directory_ldap_changes.h"
#include "harness.h"

/* version 1, stage of windows, all objects; from 1001, 2000 at once, to 9000 */
#define HEAD       "\x8a\x01"
#define DOMAIN     "\x67" "DC=corp"
#define BASE       "\x60"
#define COOKIE     "\x42" "k1"
#define CONTROLLER "\x68" "dc1.corp"
#define NUMBERS    "\x19\x03\xe9\x19\x07\xd0\x19\x23\x28"
#define GOOD       HEAD "\x03\x02" DOMAIN BASE COOKIE CONTROLLER NUMBERS
#define DELTA      HEAD "\x02\x00" DOMAIN BASE COOKIE "\x60\x00\x00\x00"
#define FIRST      HEAD "\x01\x02" DOMAIN BASE COOKIE "\x60\x00\x00\x00"

static void
a_mark_is_read_as_it_was_written(void)
{
    static const wb_span all[] = {
        {(const uint8_t *)GOOD, sizeof(GOOD) - 1},
        {(const uint8_t *)DELTA, sizeof(DELTA) - 1},
        {(const uint8_t *)FIRST, sizeof(FIRST) - 1},
    };
    wb_ldap_mark m;
    uint8_t      out[128];
    size_t       i, len;

    CHECK_INT(0, wb_ldap_mark_parse(all[0], &m));
    CHECK_INT(WB_LDAP_WINDOWS, m.stage);
    CHECK_INT(WB_LDAP_READS_ALL, m.reads);
    CHECK_MEM("DC=corp", 7, m.domain.p, m.domain.len);
    CHECK_INT(0, m.base.len);
    CHECK_MEM("k1", 2, m.cookie.p, m.cookie.len);
    CHECK_MEM("dc1.corp", 8, m.controller.p, m.controller.len);
    CHECK_INT(1001, m.next);
    CHECK_INT(2000, m.window);
    CHECK_INT(9000, m.highest);
    for (i = 0; i < 3; i++) {
        CHECK_INT(0, wb_ldap_mark_parse(all[i], &m));
        len = wb_ldap_mark_print(&m, out, sizeof(out));
        CHECK_MEM(all[i].p, all[i].len, out, len);
        CHECK_INT(0, wb_ldap_mark_print(&m, out, all[i].len - 1));
    }
}

static void
parts_that_do_not_go_together_are_refused(void)
{
    static const struct {
        const char *octets;
        size_t      len;
    } bad[] = {
#define BAD(literal) {literal, sizeof(literal) - 1}
        BAD(""),
        BAD("\x8b\x01\x03\x02" DOMAIN BASE COOKIE CONTROLLER NUMBERS), /* eleven */
        BAD("\x8a\x02\x03\x02" DOMAIN BASE COOKIE CONTROLLER NUMBERS), /* another version */
        BAD("\x8a\x18\x01\x03\x02" DOMAIN BASE COOKIE CONTROLLER NUMBERS), /* not the shortest */
        BAD(HEAD "\x00\x02" DOMAIN BASE COOKIE CONTROLLER NUMBERS),
        BAD(HEAD "\x04\x02" DOMAIN BASE COOKIE CONTROLLER NUMBERS),
        BAD(HEAD "\x03\x00" DOMAIN BASE COOKIE CONTROLLER NUMBERS), /* windows for nothing */
        BAD(HEAD "\x03\x03" DOMAIN BASE COOKIE CONTROLLER NUMBERS),
        BAD(HEAD "\x03\x02\x60" BASE COOKIE CONTROLLER NUMBERS), /* of no domain */
        BAD(HEAD "\x03\x02" DOMAIN BASE "\x40" CONTROLLER NUMBERS), /* no cookie */
        BAD(HEAD "\x03\x02" DOMAIN BASE COOKIE "\x60" NUMBERS), /* whose numbers? */
        BAD(HEAD "\x03\x02" DOMAIN BASE COOKIE CONTROLLER "\x00\x01\x05"),
        BAD(HEAD "\x03\x02" DOMAIN BASE COOKIE CONTROLLER "\x01\x00\x05"),
        BAD(HEAD "\x03\x02" DOMAIN BASE COOKIE CONTROLLER "\x06\x01\x05"), /* past the end */
        BAD(HEAD "\x03\x02" DOMAIN BASE COOKIE CONTROLLER "\x20\x01\x05"), /* -1 */
        BAD(HEAD "\x03\x02\x67" "DC=cor\xff" BASE COOKIE CONTROLLER NUMBERS),
        BAD(HEAD "\x02\x00" DOMAIN BASE COOKIE CONTROLLER NUMBERS), /* numbers where none belong */
        BAD(HEAD "\x02\x00" DOMAIN BASE "\x40\x60\x00\x00\x00"),
        BAD(HEAD "\x01\x01" DOMAIN BASE COOKIE "\x60\x00\x00\x00"), /* a first pass reads all */
        BAD(GOOD "\x00"),
    };
    wb_ldap_mark m;
    size_t       i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_INT(-1, wb_ldap_mark_parse(wb_span_of(bad[i].octets, bad[i].len), &m));
}

/* There is one way to write each: what is read at all is written the same. */
static void
damage_is_noticed_or_harmless(void)
{
    uint8_t      octets[sizeof(GOOD) - 1], out[128];
    wb_ldap_mark m;
    size_t       i, len;
    int          bit, refused = 0;

    for (i = 0; i < sizeof(octets); i++)
        CHECK_INT(-1, wb_ldap_mark_parse(wb_span_of(GOOD, i), &m));
    for (i = 0; i < sizeof(octets); i++) {
        for (bit = 0; bit < 8; bit++) {
            memcpy(octets, GOOD, sizeof(octets));
            octets[i] ^= (uint8_t)(1 << bit);
            if (wb_ldap_mark_parse(wb_span_of(octets, sizeof(octets)), &m) != 0) {
                refused++;
                continue;
            }
            len = wb_ldap_mark_print(&m, out, sizeof(out));
            CHECK_MEM(octets, sizeof(octets), out, len);
        }
    }
    CHECK(refused > 80);
}

int
main(void)
{
    RUN(a_mark_is_read_as_it_was_written);
    RUN(parts_that_do_not_go_together_are_refused);
    RUN(damage_is_noticed_or_harmless);
    return DONE;
}
