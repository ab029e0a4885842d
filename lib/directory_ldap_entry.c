/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <string.h>
#include <strings.h>

#include "error.h"
#include "utf.h"

#define FILETIME_PER_MS 10000
#define FILETIME_1970   INT64_C(11644473600000) /* milliseconds from 1601: MS-DTYP 2.3.3 */

static int
is_same(const struct berval *value, const char *text)
{
    return value->bv_len == strlen(text) && strncasecmp(value->bv_val, text, value->bv_len) == 0;
}

static int
place_of(const char *const *names, const struct berval *name)
{
    int i;

    for (i = 0; names[i] != NULL; i++)
        if (is_same(name, names[i]))
            return i;
    return -1;
}

/* Read attribute after attribute; LDAP_SUCCESS at the end. */
static int
take_values(LDAP *ld, LDAPMessage *message, BerElement *ber, wb_ldap_entry *entry)
{
    struct berval  name;
    struct berval *values;
    int            rc, at;

    for (;;) {
        values = NULL;
        rc     = ldap_get_attribute_ber(ld, message, ber, &name, &values);
        if (rc != LDAP_SUCCESS || name.bv_val == NULL)
            return rc;

        at = place_of(entry->names, &name);
        if (at < 0 || entry->values[at] != NULL)
            ber_memfree(values); /* not asked for, or said twice */
        else
            entry->values[at] = values;
    }
}

pwwb_status
wb_ldap_entry_make(wb_ldap *d, LDAPMessage *message, const char *const *names,
                   wb_ldap_entry *entry)
{
    BerElement *ber = NULL;
    int         rc;

    memset(entry, 0, sizeof(*entry));
    entry->names = names;
    rc           = ldap_get_dn_ber(d->ld, message, &ber, &entry->dn);
    if (rc == LDAP_SUCCESS)
        rc = take_values(d->ld, message, ber, entry);
    if (ber != NULL)
        ber_free(ber, 0);
    if (rc == LDAP_SUCCESS)
        return PWWB_OK;

    wb_ldap_entry_drop(entry);
    return wb_fail_from(d->err, PWWB_E_DIRECTORY, PWWB_LAYER_LDAP, rc,
                        "an entry cannot be read: %s", ldap_err2string(rc));
}

void
wb_ldap_entry_drop(wb_ldap_entry *entry)
{
    int i;

    for (i = 0; i < WB_LDAP_NAMES_MAX; i++) {
        ber_memfree(entry->values[i]);
        entry->values[i] = NULL;
    }
}

static pwwb_status
find(wb_ldap *d, const char *base, const char *const *names, LDAPControl *control,
     wb_ldap_reply *reply, wb_ldap_entry *entry)
{
    wb_ldap_query query = {base, LDAP_SCOPE_BASE, "(objectClass=*)", names, 1, control, 0};
    LDAPMessage  *first;
    pwwb_status   st;

    st = wb_ldap_search(d, &query, reply);
    if (st != PWWB_OK)
        return st;

    first = ldap_first_entry(d->ld, reply->messages);
    if (first == NULL)
        st = wb_fail(d->err, PWWB_E_NOT_FOUND, "the entry may not be seen");
    else if (ldap_next_entry(d->ld, first) != NULL)
        st = wb_fail(d->err, PWWB_E_DIRECTORY, "the controller answered several entries for one");
    else
        st = wb_ldap_entry_make(d, first, names, entry);

    if (st != PWWB_OK)
        wb_ldap_reply_drop(reply);
    return st;
}

pwwb_status
wb_ldap_entry_find(wb_ldap *d, const char *base, const char *const *names, wb_ldap_reply *reply,
                   wb_ldap_entry *entry)
{
    return find(d, base, names, NULL, reply, entry);
}

/* Without the control an ordinary account is given no descriptor at all, for the part that lists
 * audits is not for it. Not critical: where it is not known, the rest is read. */
pwwb_status
wb_ldap_entry_find_with_acl(wb_ldap *d, const char *base, const char *const *names,
                            wb_ldap_reply *reply, wb_ldap_entry *entry)
{
    char        oid[]   = "1.2.840.113556.1.4.801";       /* MS-ADTS 3.1.1.3.4.1.11 */
    char        value[] = {0x30, 0x03, 0x02, 0x01, 0x04}; /* SEQUENCE { INTEGER 4 }: the DACL */
    LDAPControl control = {oid, {sizeof(value), value}, 0};

    return find(d, base, names, &control, reply, entry);
}

/* The first value, or NULL. */
static const struct berval *
value_of(const wb_ldap_entry *entry, int at)
{
    const struct berval *values = entry->values[at];

    return values != NULL && values[0].bv_val != NULL ? values : NULL;
}

/* [-]digits and nothing else, within int64_t: 0, or -1. */
static int
parse_number(const struct berval *value, int64_t *ret_number)
{
    size_t  negative = value->bv_len > 0 && value->bv_val[0] == '-';
    size_t  i;
    int64_t number = 0;

    for (i = negative; i < value->bv_len; i++) {
        int digit = value->bv_val[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(number, 10, &number)
            || __builtin_sub_overflow(number, digit, &number))
            return -1;
    }
    if (i == negative || (!negative && number == INT64_MIN))
        return -1;

    *ret_number = negative ? number : -number;
    return 0;
}

int64_t
wb_ldap_number(wb_ldap_entry *entry, int at, int64_t least, int64_t most, int64_t otherwise)
{
    const struct berval *value = value_of(entry, at);
    int64_t              number;

    if (value == NULL)
        return otherwise;
    if (parse_number(value, &number) == 0 && number >= least && number <= most)
        return number;

    if (entry->bad == NULL)
        entry->bad = entry->names[at];
    return otherwise;
}

int64_t
wb_ldap_filetime(wb_ldap_entry *entry, int at)
{
    int64_t time = wb_ldap_number(entry, at, 0, INT64_MAX, -1);
    int64_t ms   = time / FILETIME_PER_MS - FILETIME_1970;

    if (time <= 0)
        return time;
    return ms > 0 ? ms : 1; /* before 1970, but not 0, which stands for something else */
}

void
wb_ldap_text(const wb_ldap_entry *entry, int at, char *buf, size_t buf_size)
{
    const struct berval *value = value_of(entry, at);

    buf[0] = '\0';
    if (value == NULL || value->bv_len >= buf_size
        || wb_utf8_units((const uint8_t *)value->bv_val, value->bv_len) < 0)
        return;

    memcpy(buf, value->bv_val, value->bv_len);
    buf[value->bv_len] = '\0';
}

void
wb_ldap_dn(const wb_ldap_entry *entry, char *buf, size_t buf_size)
{
    size_t len = entry->dn.bv_len;

    if (len >= buf_size || wb_utf8_units((const uint8_t *)entry->dn.bv_val, len) < 0)
        len = 0;
    memcpy(buf, entry->dn.bv_val, len);
    buf[len] = '\0';
}

int
wb_ldap_has_value(const wb_ldap_entry *entry, int at, const char *text)
{
    const struct berval *value;

    for (value = value_of(entry, at); value != NULL && value->bv_val != NULL; value++)
        if (is_same(value, text))
            return 1;
    return 0;
}

/* Days from 1970-01-01 of the proleptic Gregorian calendar. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month > 2 ? year : year - 1; /* years that begin in March end with the leap day */
    int64_t m = (month + 9) % 12;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* So many digits of a time, which moves on; -1 when they are none. */
static int64_t
digits(const char **text, int count)
{
    int64_t number = 0;

    while (count-- > 0) {
        if (**text < '0' || **text > '9')
            return -1;
        number = 10 * number + (*(*text)++ - '0');
    }
    return number;
}

/* YYYYMMDDHHMMSS, a fraction that is let go, Z: as controllers write it. */
int64_t
wb_ldap_time(const wb_ldap_entry *entry, int at)
{
    static const int least[6] = {1970, 1, 1, 0, 0, 0}, most[6] = {9999, 12, 31, 23, 59, 60};
    char             text[32];
    const char      *p = text;
    int64_t          part[6];
    int              i;

    wb_ldap_text(entry, at, text, sizeof(text));
    for (i = 0; i < 6; i++) {
        part[i] = digits(&p, i == 0 ? 4 : 2);
        if (part[i] < least[i] || part[i] > most[i])
            return -1;
    }
    if (*p == '.')
        p += 1 + strspn(p + 1, "0123456789");
    if (strcmp(p, "Z") != 0)
        return -1;

    return (((days_of(part[0], part[1], part[2]) * 24 + part[3]) * 60 + part[4]) * 60 + part[5])
           * 1000;
}

pwwb_status
wb_ldap_entry_check(wb_ldap *d, const wb_ldap_entry *entry)
{
    if (entry->bad == NULL)
        return PWWB_OK;

    return wb_fail(d->err, PWWB_E_DIRECTORY, "the controller's %s is malformed", entry->bad);
}
