/* SPDX-License-Identifier: Apache-2.0 */
/* Distinguished names, as RFC 4514 and 4518 write and compare them; what a name is made of is asked of libldap. */
/* rows: 15 */
#ifdef PWWB_WITH_LDAP
#include <ldap.h>
#endif
#include <ctype.h>

#include "dn.h"
#include "harness.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOM     2048

static size_t
fold(const char *text, uint8_t out[ROOM])
{
    size_t len = wb_dn_fold(text, out, ROOM);

    if (len > WB_DN_FOLDED(strlen(text)))
        harness_failed(__FILE__, __LINE__, "folded no longer than twice", "", text);
    return len;
}

static int
is_within(const char *dn, const char *top)
{
    uint8_t a[ROOM], b[ROOM];
    size_t  a_len = fold(dn, a), b_len = fold(top, b);

    return wb_dn_is_within(a, a_len, b, b_len);
}

static int
is_same(const char *one, const char *other)
{
    return is_within(one, other) && is_within(other, one);
}

static int
is_name(const char *text)
{
    uint8_t out[ROOM];

    return fold(text, out) > 0;
}

static void
the_examples_of_rfc_4514_are_names(void)
{
    static const char *const names[] = {
        "UID=jsmith,DC=example,DC=net",
        "OU=Sales+CN=J.  Smith,DC=example,DC=net",
        "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net",
        "CN=Before\\0dAfter,DC=example,DC=net",
        "CN=Lu\\C4\\8Di\\C4\\87",
        "CN=\\#hash\\+plus\\ \\<\\>\\;\\=\\\\",
        "0.9.2342.19200300.100.1.25=example",
        "CN=a=b",
        "CN=",
    };
    size_t i;

    for (i = 0; i < COUNT(names); i++)
        if (!is_name(names[i]) || !is_same(names[i], names[i]))
            harness_failed(__FILE__, __LINE__, "a name", "", names[i]);
    CHECK(is_name(names[0]));
}

static void
what_is_no_name_or_cannot_be_compared_is_none(void)
{
    static const char *const texts[] = {
        "", " ", "=", "CN", "CN=a,", ",CN=a", "CN=a,,DC=b", "CN=a+", "=a", "C N=a", "CN=a\\", "CN=a\\4",
        "CN=a\\x", "CN=a\\00", "CN=#04024869", "CN=\"a\"", "CN=a;DC=b", "CN=<a", "CN=a>", "CN=\xC3", "CN=\\C3",
        "CN=\\C0\\80", "C\xC3\x9CN=a", "<GUID=01020304>",
    };
    uint8_t out[8];
    size_t  i;

    for (i = 0; i < COUNT(texts); i++)
        if (is_name(texts[i]) || is_within(texts[i], texts[i]))
            harness_failed(__FILE__, __LINE__, "no name", "", texts[i]);
    CHECK(!is_name(texts[0]));
    CHECK(is_name("CN=abc"));
    CHECK_INT(8, wb_dn_fold("CN=abc", out, 8)); /* two of them end it */
    CHECK_INT(0, wb_dn_fold("CN=abc", out, 7));
    CHECK_INT(0, wb_dn_fold("CN=abcdefghijkl", out, 8));
}

static void
case_spaces_and_escapes_do_not_tell_names_apart(void)
{
    CHECK(is_same("OU=Staff,DC=corp,DC=test", "ou=staff,dc=CORP,dc=Test"));
    CHECK(is_same("OU=Staff,DC=corp", " OU = Staff , DC = corp "));
    CHECK(is_same("OU=A  B,DC=c", "OU=A B,DC=c"));
    CHECK(is_same("OU=\\ A\\ ,DC=c", "OU=A,DC=c"));
    CHECK(is_same("OU=R\\26D\\, East,DC=c", "ou=r&d\\2C east,DC=c"));
    CHECK(is_same("OU=\\#1,DC=c", "OU=\\231,DC=c"));
    CHECK(is_same("OU=K\xC3\x96LN", "ou=k\xC3\xB6ln"));
    CHECK(is_same("OU=K\\C3\\96ln", "ou=k\xC3\xB6ln"));
    CHECK(is_same("OU=\xD0\x9C\xD0\x90\xCE\xA9\xC5\xB8", "ou=\xD0\xBC\xD0\xB0\xCF\x89\xC3\xBF"));
    CHECK(!is_same("OU=Koln", "ou=k\xC3\xB6ln"));
    CHECK(!is_same("OU=AB", "OU=A B"));
    CHECK(!is_same("OU=Staff", "CN=Staff"));
    CHECK(!is_same("OU=a+CN=b", "OU=a,CN=b"));
    CHECK(!is_same("OU=a\\,CN=b", "OU=a,CN=b"));
    CHECK(!is_same("OU=a\\+CN=b", "OU=a+CN=b"));
}

static void
below_is_below_a_whole_name(void)
{
    CHECK(is_within("CN=Anna,OU=Staff,DC=corp", "OU=Staff,DC=corp"));
    CHECK(is_within("CN=Anna,OU=Staff,DC=corp", "DC=corp"));
    CHECK(is_within("CN=Anna,OU=Staff,DC=corp", "CN=anna,OU=staff,DC=corp"));
    CHECK(!is_within("OU=Staff,DC=corp", "CN=Anna,OU=Staff,DC=corp"));
    CHECK(!is_within("CN=Anna,OU=Staff,DC=corp", "OU=Sta,DC=corp"));
    CHECK(!is_within("CN=Anna,OU=NotStaff,DC=corp", "OU=Staff,DC=corp"));
    CHECK(!is_within("CN=x\\,OU=Staff\\,DC=corp", "OU=Staff,DC=corp"));
    CHECK(!is_within("CN=x\\,OU=Staff,DC=corp", "OU=Staff,DC=corp"));
    CHECK(!is_within("CN=x+OU=Staff,DC=corp", "OU=Staff,DC=corp"));
    CHECK(!is_within("CN=Anna,OU=Staff,DC=corp,DC=other", "OU=Staff,DC=corp"));
    CHECK(!is_within("", ""));
    CHECK(!is_within("DC=corp", ""));
    CHECK(!is_within("", "DC=corp"));
}

#ifdef PWWB_WITH_LDAP
/* ---- libldap's word ---- */

static unsigned dice = 1;

static unsigned
throw(unsigned sides)
{
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 8) % sides;
}

/* Words in small letters, one space between them; ASCII. */
static void
tell_value(char *out, const struct berval *value)
{
    char  text[64] = "", *rest = text, *word;
    size_t i;

    for (i = 0; i < value->bv_len && i < sizeof(text) - 1; i++)
        text[i] = (char)tolower((unsigned char)value->bv_val[i]);
    while ((word = strsep(&rest, " ")) != NULL)
        if (*word != '\0')
            strcat(strcat(out, "|"), word);
}

/* What libldap takes a name apart into, as a text; 0 when it is none to it. */
static int
tell(const char *name, char out[ROOM])
{
    LDAPDN dn = NULL;
    int    i, k, has;

    out[0] = '\0';
    has    = ldap_str2dn(name, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && dn != NULL;
    for (i = 0; has && dn[i] != NULL; i++) {
        for (k = 0; dn[i][k] != NULL; k++) {
            has &= (dn[i][k]->la_flags & LDAP_AVA_BINARY) == 0;
            strncat(out, dn[i][k]->la_attr.bv_val, dn[i][k]->la_attr.bv_len);
            tell_value(strcat(out, "="), &dn[i][k]->la_value);
            strcat(out, "+");
        }
        strcat(out, "\n");
    }
    if (dn != NULL)
        ldap_dnfree(dn);
    return has;
}

/* A name, or nearly one. */
static void
make_name(char *out)
{
    static const char *const pieces[] = {"a=b", "a=B", "a=b", ",", ",", ",", "+", " ", "\\,", "\\2c", "\\ ", "\\20",
                                         "a", "=", "c", "\\", "#", ";", "\\42", "\\62", "\"", "  "};
    unsigned i, n = 1 + throw(8);

    strcpy(out, throw(4) > 0 ? "a=" : "");
    for (i = 0; i < n; i++)
        strcat(out, pieces[throw(COUNT(pieces))]);
}

static void
libldap_takes_names_apart_as_we_do(void)
{
    char one[256], other[256], a[ROOM], b[ROOM];
    long i, both = 0, same = 0, ours = 0;

    for (i = 0; i < 300000; i++) {
        int there, here;

        make_name(one);
        make_name(other);
        there = tell(one, a) && tell(other, b);
        here  = is_name(one) && is_name(other);
        ours += here && !there;
        if (!there || !here)
            continue;
        both++;
        same += strcmp(a, b) == 0;
        if (is_same(one, other) != (strcmp(a, b) == 0))
            harness_failed(__FILE__, __LINE__, one, a, other);
    }
    printf("# %ld pairs that both can read, %ld of one name\n", both, same);
    CHECK(both > 10000 && same > 100);
    CHECK_INT(0, ours);
}
#endif

int
main(void)
{
    RUN(the_examples_of_rfc_4514_are_names);
    RUN(what_is_no_name_or_cannot_be_compared_is_none);
    RUN(case_spaces_and_escapes_do_not_tell_names_apart);
    RUN(below_is_below_a_whole_name);
#ifdef PWWB_WITH_LDAP
    RUN(libldap_takes_names_apart_as_we_do);
#endif
    return DONE;
}
