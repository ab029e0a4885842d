/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_OPENLDAP_H
#define FAKE_OPENLDAP_H

/*
 * fake_ldap.h as an OpenLDAP server with the ppolicy overlay: it finds one person by entryUUID, keeps
 * what was written by RFC 3062 and by modifies, and answers as it was told to.
 */

#include "fake_ldap.h"

#define OL_BASE   "dc=ol"
#define OL_PERSON "uid=u001,dc=ol"
#define OL_MOVED  "uid=u001,dc=ol2" /* begins so: has the same values */
#define OL_POLICY "cn=default,dc=ol"
#define OL_UUID   "01020304-0506-0708-090a-0b0c0d0e0f10" /* fake_guid in this order: RFC 4530 */
#define OL_CLOCK  "cn=Current,cn=Time,cn=Monitor"
#define OL_WRITES 6

/* What it answers to the nth write; zero: success. `error` is the control's and one more. */
typedef struct ol_answer {
    int         code, error;
    const char *text;
} ol_answer;

typedef struct ol_write {
    char    what[64]; /* "passwd", "=pwdReset", "-pwdAccountLockedTime" */
    char    dn[1024];
    uint8_t value[2][PWWB_PASSWORD_MAX]; /* the new one, the old one */
    size_t  value_len[2];
    char    control[64]; /* OID, "!" when critical */
} ol_write;

typedef struct fake_openldap {
    fake_ldap   f; /* first: it is handed around */
    ol_answer   answers[OL_WRITES];
    ol_answer   compare;
    const char *entry_dn;
    const char *moved_dn;     /* where the entry is once a write was told that it is not there */
    int         is_gone;
    int         hangs_up_on;  /* the nth write is carried out, and not answered; from 1 */
    ol_write    seen[OL_WRITES];
    int         seen_count, compares;
    char        filter[1200]; /* base and filter of the last search below a base */
} fake_openldap;

static inline void
ol_result(fake_ldap *f, ber_int_t id, ber_tag_t tag, const ol_answer *answer)
{
    uint8_t     value[] = {0x30, 0x03, 0x81, 0x01, (uint8_t)(answer->error - 1)};
    BerElement *ber     = ber_alloc_t(LBER_USE_DER);

    ber_printf(ber, "{it{ess}", id, tag, answer->code, "",
               answer->text != NULL ? answer->text : "");
    if (answer->error != 0)
        ber_printf(ber, "t{{so}}", (ber_tag_t)LDAP_TAG_CONTROLS, LDAP_CONTROL_PASSWORDPOLICYRESPONSE,
                   value, (ber_len_t)sizeof(value));
    ber_printf(ber, "}");
    fake_put(f, ber);
}

static inline void
ol_copy(char *out, size_t out_size, struct berval *value)
{
    snprintf(out, out_size, "%s", value->bv_val != NULL ? value->bv_val : "");
    ber_memfree(value->bv_val);
    value->bv_val = NULL;
}

/* By entryUUID under the base, or an entry by its name. */
static inline void
ol_search(fake_openldap *o, ber_int_t id, BerElement *ber)
{
    static const ol_answer done = {0}, gone = {.code = LDAP_NO_SUCH_OBJECT};
    struct berval          name = {0, NULL}, value = {0, NULL};
    char                   base[1024];
    ber_int_t              scope, deref, size, time, types;
    ber_len_t              len;
    int                    i, found = 0;

    ber_scanf(ber, "{oeeiib", &name, &scope, &deref, &size, &time, &types);
    ol_copy(base, sizeof(base), &name);
    o->f.searches++;
    if (scope == LDAP_SCOPE_SUBTREE) {
        CHECK(ber_peek_tag(ber, &len) == LDAP_FILTER_EQUALITY);
        ber_scanf(ber, "{oo}", &name, &value);
        snprintf(o->filter, sizeof(o->filter), "%s %s=%s", base, name.bv_val, value.bv_val);
        ber_memfree(name.bv_val);
        ber_memfree(value.bv_val);
        for (i = 0; i <= o->f.copies && !o->is_gone; i++)
            found |= fake_entry(&o->f, id, o->entry_dn);
        ol_result(&o->f, id, LDAP_RES_SEARCH_RESULT, &done);
        return;
    }
    if (!o->is_gone || strcmp(base, o->entry_dn) != 0)
        found = fake_entry(&o->f, id, base);
    ol_result(&o->f, id, LDAP_RES_SEARCH_RESULT, found ? &done : &gone);
}

static inline ol_write *
ol_next(fake_openldap *o)
{
    CHECK(o->seen_count < OL_WRITES);
    memset(&o->seen[o->seen_count], 0, sizeof(o->seen[0]));
    return &o->seen[o->seen_count];
}

static inline void
ol_read_control(ol_write *w, BerElement *ber)
{
    struct berval oid      = {0, NULL};
    ber_int_t     critical = 0;
    ber_len_t     len;

    ber_scanf(ber, "}");
    if (ber_peek_tag(ber, &len) != LDAP_TAG_CONTROLS || ber_scanf(ber, "{{o", &oid) == LBER_ERROR)
        return;
    if (ber_peek_tag(ber, &len) == LBER_BOOLEAN)
        ber_scanf(ber, "b", &critical);
    snprintf(w->control, sizeof(w->control), "%s%s", oid.bv_val, critical ? "!" : "");
    ber_memfree(oid.bv_val);
}

static inline void
ol_answer_write(fake_openldap *o, ber_int_t id, ber_tag_t tag)
{
    const ol_answer *answer = &o->answers[o->seen_count];

    if (answer->code == LDAP_NO_SUCH_OBJECT && o->moved_dn != NULL)
        o->entry_dn = o->moved_dn;
    ol_result(&o->f, id, tag, answer);
    o->seen_count++;
    if (o->hangs_up_on == o->seen_count)
        o->f.in_len = o->f.at;
}

/* RFC 3062 2: userIdentity [0], oldPasswd [1], newPasswd [2]. */
static inline void
ol_read_passwd(ol_write *w, struct berval *octets)
{
    BerElement   *ber   = ber_init(octets);
    struct berval value = {0, NULL};
    ber_len_t     len;
    ber_tag_t     tag;

    CHECK(ber != NULL);
    snprintf(w->what, sizeof(w->what), "passwd");
    for (tag = ber_skip_tag(ber, &len); (tag = ber_peek_tag(ber, &len)) != LBER_DEFAULT;) {
        if (ber_scanf(ber, "o", &value) == LBER_ERROR)
            break;
        CHECK(value.bv_len <= PWWB_PASSWORD_MAX || tag == LDAP_TAG_EXOP_MODIFY_PASSWD_ID);
        if (tag == LDAP_TAG_EXOP_MODIFY_PASSWD_ID) {
            snprintf(w->dn, sizeof(w->dn), "%s", value.bv_val);
        } else {
            int at = tag == LDAP_TAG_EXOP_MODIFY_PASSWD_OLD;

            memcpy(w->value[at], value.bv_val, value.bv_len);
            w->value_len[at] = value.bv_len;
        }
        ber_memfree(value.bv_val);
    }
    ber_free(ber, 1);
}

/* 1 when it was a set of a password. */
static inline int
ol_extended(fake_openldap *o, ber_int_t id, BerElement *ber)
{
    struct berval oid = {0, NULL}, octets = {0, NULL};
    char          name[64];

    ber_scanf(ber, "{m", &oid);
    snprintf(name, sizeof(name), "%.*s", (int)oid.bv_len, oid.bv_val);
    if (strcmp(name, LDAP_EXOP_MODIFY_PASSWD) != 0)
        return 0;

    ber_scanf(ber, "o", &octets);
    ol_read_passwd(ol_next(o), &octets);
    ber_memfree(octets.bv_val);
    ol_read_control(&o->seen[o->seen_count], ber);
    ol_answer_write(o, id, LDAP_RES_EXTENDED);
    return 1;
}

/* One attribute, and a value or none. */
static inline void
ol_modify(fake_openldap *o, ber_int_t id, BerElement *ber)
{
    ol_write     *w    = ol_next(o);
    struct berval name = {0, NULL}, value = {0, NULL};
    ber_int_t     op   = 0;
    ber_len_t     len;

    ber_scanf(ber, "{o", &name);
    ol_copy(w->dn, sizeof(w->dn), &name);
    ber_scanf(ber, "{{e{o", &op, &name);
    snprintf(w->what, sizeof(w->what), "%c%s", "+-="[op], name.bv_val);
    ber_memfree(name.bv_val);
    if (op == LDAP_MOD_REPLACE) {
        ber_scanf(ber, "[o]", &value);
        CHECK(value.bv_val != NULL && value.bv_len < sizeof(w->value[0]));
        memcpy(w->value[0], value.bv_val, value.bv_len);
        w->value_len[0] = value.bv_len;
        ber_memfree(value.bv_val);
    } else {
        ber_skip_tag(ber, &len);
        CHECK_INT(0, len); /* delete: whatever there is */
    }
    ber_scanf(ber, "}}}");
    ol_read_control(w, ber);
    ol_answer_write(o, id, LDAP_RES_MODIFY);
}

static inline int
ol_serve(fake_ldap *f, ber_int_t id, ber_tag_t tag, BerElement *ber)
{
    fake_openldap *o = (fake_openldap *)f;

    switch (tag) {
    case LDAP_REQ_SEARCH:
        ol_search(o, id, ber);
        return 1;
    case LDAP_REQ_MODIFY:
        ol_modify(o, id, ber);
        return 1;
    case LDAP_REQ_COMPARE:
        o->compares++;
        ol_result(f, id, LDAP_RES_COMPARE, &o->compare);
        return 1;
    case LDAP_REQ_EXTENDED:
        return ol_extended(o, id, ber);
    default:
        return 0;
    }
}

static inline void
fake_openldap_make(fake_openldap *o)
{
    static const fake_value values[] = {
        {"", "namingContexts", OL_BASE, 0},
        {"", "monitorContext", "cn=Monitor", 0},
        {"", "supportedExtension", "1.3.6.1.4.1.1466.20037", 0},
        {"", "supportedExtension", "1.3.6.1.4.1.4203.1.11.1", 0},
        {"", "supportedControl", "1.3.6.1.4.1.42.2.27.8.5.1", 0},
        {OL_CLOCK, "monitorTimestamp", "20261122101500Z", 0},
        {OL_PERSON, "objectClass", "inetOrgPerson", 0},
        {OL_PERSON, "uid", "u001", 0},
        {OL_PERSON, "cn", "Una Tester", 0},
        {OL_PERSON, "pwdChangedTime", "20261122080000Z", 0},
        {OL_POLICY, "pwdAttribute", "userPassword", 0},
        {OL_POLICY, "pwdCheckQuality", "2", 0},
        {OL_POLICY, "pwdMinLength", "8", 0},
        {OL_POLICY, "pwdMaxLength", "200", 0},
        {OL_POLICY, "pwdInHistory", "5", 0},
        {OL_POLICY, "pwdMinAge", "86400", 0},
        {OL_POLICY, "pwdMaxAge", "7776000", 0},
        {OL_POLICY, "pwdLockout", "TRUE", 0},
        {OL_POLICY, "pwdMaxFailure", "5", 0},
        {OL_POLICY, "pwdLockoutDuration", "1800", 0},
        {OL_POLICY, "pwdMustChange", "TRUE", 0},
    };

    memset(o, 0, sizeof(*o));
    memcpy(o->f.values, values, sizeof(values));
    o->f.serve  = ol_serve;
    o->entry_dn = OL_PERSON;
    o->compare  = (ol_answer){.code = LDAP_COMPARE_FALSE};
}

#endif /* FAKE_OPENLDAP_H */
