/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_LDAP_H
#define FAKE_LDAP_H

/*
 * A controller in this process: it takes requests apart, keeps what modifies said, and answers as
 * it was told to, faults included. TLS is a note in its book: the test is linked with
 * -Wl,--wrap=pwwb_stream_new_tls.
 */

#include <lber.h>
#include <ldap.h>

#include <pwwb/directory_ldap.h>

#include "fakes.h"
#include "harness.h"

#define FAKE_GUID_DN "<GUID=04030201-0605-0807-090a-0b0c0d0e0f10>"
#define FAKE_DOMAIN  "DC=corp"
#define FAKE_SID     "\x01\x05\0\0\0\0\0\x05\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x4f\x04\0\0"
#define FAKE_USERS   "\x01\x05\0\0\0\0\0\x05\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x01\x02\0\0"

#define FAKE_VALUES   48
#define FAKE_MODIFIES 6

/* One value of one attribute of an entry; text when len is 0. */
typedef struct fake_value {
    const char *dn; /* the request's base must begin so */
    const char *name;
    const char *value;
    size_t      len;
} fake_value;

typedef struct fake_modify {
    uint8_t     dn[64];
    char        what[256]; /* "=unicodePwd +x -y ": replace, add, delete */
    uint8_t     value[4][600];
    size_t      value_len[4];
    char        control[64]; /* OID, "!" when critical, its value in hexadecimal */
    int         is_after_tls;
} fake_modify;

/* What the controller answers to the nth modify, and to every later one; zero: success. */
typedef struct fake_answer {
    int         code;
    const char *text;
} fake_answer;

/* A whole result, octet for octet. */
typedef struct fake_raw {
    int         code;
    const char *text;
    size_t      text_len; /* NULs inside and at the end are sent */
    const char *matched;
    const char *referral; /* "" = none */
} fake_raw;

typedef struct fake_ldap {
    /* as the test wants it */
    int       (*serve)(struct fake_ldap *f, ber_int_t id, ber_tag_t tag, BerElement *ber); /* asked
                                 first, may be NULL; 1 when it has answered */
    fake_value  values[FAKE_VALUES];
    fake_answer bind, start_tls, modifies[FAKE_MODIFIES];
    const char *gone_dn;      /* no such object */
    int         copies;       /* more of each entry */
    int         copies_after_modify; /* the same, once something was written */
    int         finds_nothing; /* but for the root entry */
    int         is_endless;   /* each search is answered with entries, and never with a result */
    fake_fault  connect, tls, read, write;
    long        cut_at;       /* octets of answers after which the connection ends; 0 = never */
    long        flip_at;      /* octet of all answers of which a bit is turned; 0 = none */
    uint8_t     flip_by;
    int         hangs_up;     /* after an answer, while the connection is idle */
    int         hangs_up_on_modify;
    int         mistakes;     /* answers modifies as if they were searches */
    fake_clock *clock;        /* a modify takes `takes_ms` of it; NULL = no time */
    int64_t     takes_ms;
    const fake_raw *raw;      /* what every modify is answered; NULL = as above */

    /* as it went */
    int         connects, binds, tls_on, searches, plain_binds;
    int         acls_asked;   /* searches with the control for a DACL, not critical */
    char        bind_dn[64];
    uint8_t     bind_password[64];
    fake_modify seen[FAKE_MODIFIES];
    int         seen_count;
    char        tls_name[64];
    long        raw_at, raw_len; /* of a raw answer among all octets */

    /* one connection */
    uint8_t request[8192];
    size_t  request_len;
    uint8_t in[1 << 19];
    size_t  in_len, at;
    long    given;
    int     endless_id;
    int     is_idle;
} fake_ldap;

static inline void
fake_put(fake_ldap *f, BerElement *ber)
{
    struct berval *data = NULL;

    CHECK(ber_flatten(ber, &data) == 0 && f->in_len + data->bv_len <= sizeof(f->in));
    memcpy(f->in + f->in_len, data->bv_val, data->bv_len);
    f->in_len += data->bv_len;
    ber_bvfree(data);
    ber_free(ber, 1);
}

static inline void
fake_result(fake_ldap *f, ber_int_t id, ber_tag_t tag, const fake_answer *answer)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ber_printf(ber, "{it{ess}}", id, tag, answer->code, "",
               answer->text != NULL ? answer->text : "");
    fake_put(f, ber);
}

/* LDAPResult with a referral: RFC 4511 4.1.9, 4.1.10 */
static inline void
fake_raw_result(fake_ldap *f, ber_int_t id)
{
    const fake_raw *r    = f->raw;
    BerElement     *ber  = ber_alloc_t(LBER_USE_DER);
    size_t          from = f->in_len;

    ber_printf(ber, "{it{eso", id, (ber_tag_t)LDAP_RES_MODIFY, r->code, r->matched, r->text,
               r->text_len);
    if (r->referral[0] != '\0')
        ber_printf(ber, "t{s}", (ber_tag_t)LDAP_TAG_REFERRAL, r->referral);
    ber_printf(ber, "}}");
    f->raw_at = f->given + (long)(f->in_len - f->at);
    fake_put(f, ber);
    f->raw_len = (long)(f->in_len - from);
}

static inline int
fake_is_at(const fake_value *v, const char *base)
{
    return v->name != NULL && strncmp(base, v->dn, strlen(v->dn)) == 0
           && (v->dn[0] != '\0' || base[0] == '\0');
}

static inline int
fake_entry(fake_ldap *f, ber_int_t id, const char *base)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    int         i, found = 0;

    ber_printf(ber, "{it{s{", id, (ber_tag_t)LDAP_RES_SEARCH_ENTRY, base);
    for (i = 0; i < FAKE_VALUES; i++) {
        const fake_value *v = &f->values[i];
        int               j;

        if (!fake_is_at(v, base))
            continue;
        found = 1;
        if (i > 0 && fake_is_at(v - 1, base) && strcmp(v[-1].name, v->name) == 0)
            continue; /* its values were listed with the first */
        ber_printf(ber, "{s[", v->name);
        for (j = i; j < FAKE_VALUES && fake_is_at(&f->values[j], base)
                    && strcmp(f->values[j].name, v->name) == 0; j++)
            ber_printf(ber, "o", f->values[j].value,
                       f->values[j].len > 0 ? f->values[j].len : strlen(f->values[j].value));
        ber_printf(ber, "]}");
    }
    ber_printf(ber, "}}}");
    if (found)
        fake_put(f, ber);
    else
        ber_free(ber, 1);
    return found;
}

/* [MS-ADTS] 3.1.1.3.4.1.11, RFC 4511 4.1.11: OID, then at once the value SEQUENCE { INTEGER 4 } */
static inline int
fake_asks_acl(const fake_ldap *f)
{
    static const char control[] = "\x04\x16" "1.2.840.113556.1.4.801" "\x04\x05\x30\x03\x02\x01\x04";

    return memmem(f->request, f->request_len, control, sizeof(control) - 1) != NULL;
}

static inline void
fake_search(fake_ldap *f, ber_int_t id, BerElement *ber)
{
    static const fake_answer done = {0, NULL};
    fake_answer              gone = {LDAP_NO_SUCH_OBJECT, "0000208D: NameErr: DSID-0310028D"};
    struct berval            base = {0, NULL};
    int                      i, copies = f->copies;

    if (f->seen_count > 0)
        copies += f->copies_after_modify;
    ber_scanf(ber, "{o", &base);
    f->searches++;
    f->acls_asked += fake_asks_acl(f);
    if (f->gone_dn != NULL && strncmp(base.bv_val, f->gone_dn, strlen(f->gone_dn)) == 0) {
        fake_result(f, id, LDAP_RES_SEARCH_RESULT, &gone);
    } else if (f->is_endless && base.bv_val[0] == '<') {
        f->endless_id = id;
    } else {
        for (i = 0; i <= (base.bv_val[0] != '\0' ? copies : 0); i++)
            if (!f->finds_nothing || base.bv_val[0] == '\0')
                fake_entry(f, id, base.bv_val);
        fake_result(f, id, LDAP_RES_SEARCH_RESULT, &done);
    }
    ber_memfree(base.bv_val);
}

static inline void
fake_read_control(fake_modify *m, BerElement *ber)
{
    struct berval oid = {0, NULL}, value = {0, NULL};
    ber_int_t     critical = 0;
    size_t        i;

    if (ber_scanf(ber, "{{obo", &oid, &critical, &value) == LBER_ERROR)
        return;
    snprintf(m->control, sizeof(m->control), "%s%s", oid.bv_val, critical ? "!" : "");
    for (i = 0; i < value.bv_len; i++)
        snprintf(m->control + strlen(m->control), 3, "%02x", (uint8_t)value.bv_val[i]);
    ber_memfree(oid.bv_val);
    ber_memfree(value.bv_val);
}

static inline void
fake_read_modify(fake_ldap *f, BerElement *ber)
{
    fake_modify *m  = &f->seen[f->seen_count];
    struct berval dn = {0, NULL}, name = {0, NULL}, value = {0, NULL};
    char         *cookie;
    ber_len_t     len;
    ber_tag_t     tag;
    ber_int_t     op;
    int           n = 0;

    memset(m, 0, sizeof(*m));
    m->is_after_tls = f->tls_on;
    ber_scanf(ber, "{o", &dn);
    snprintf((char *)m->dn, sizeof(m->dn), "%s", dn.bv_val);
    ber_memfree(dn.bv_val);
    for (tag = ber_first_element(ber, &len, &cookie); tag != LBER_DEFAULT && n < 4;
         tag = ber_next_element(ber, &len, cookie), n++) {
        ber_scanf(ber, "{e{o[o]}}", &op, &name, &value);
        snprintf(m->what + strlen(m->what), sizeof(m->what) - strlen(m->what), "%c%s ",
                 "+-="[op], name.bv_val);
        m->value_len[n] = value.bv_len;
        memcpy(m->value[n], value.bv_val, value.bv_len);
        ber_memfree(name.bv_val);
        ber_memfree(value.bv_val);
    }
    ber_scanf(ber, "}");
    if (ber_peek_tag(ber, &len) == LDAP_TAG_CONTROLS)
        fake_read_control(m, ber);
}

static inline void
fake_bind(fake_ldap *f, BerElement *ber)
{
    struct berval dn = {0, NULL}, password = {0, NULL};
    ber_int_t     version;

    ber_scanf(ber, "{ioo", &version, &dn, &password);
    CHECK_INT(3, version);
    snprintf(f->bind_dn, sizeof(f->bind_dn), "%s", dn.bv_val);
    snprintf((char *)f->bind_password, sizeof(f->bind_password), "%s", password.bv_val);
    ber_memfree(dn.bv_val);
    ber_memfree(password.bv_val);
    f->binds++;
    f->plain_binds += !f->tls_on;
}

static inline void
fake_serve(fake_ldap *f, struct berval *request)
{
    BerElement *ber = ber_init(request);
    ber_int_t   id  = 0;
    ber_tag_t   tag = 0;

    CHECK(ber != NULL && ber_scanf(ber, "{it", &id, &tag) != LBER_ERROR);
    if (f->serve != NULL && f->serve(f, id, tag, ber)) {
        ber_free(ber, 1);
        return;
    }
    switch (tag) {
    case LDAP_REQ_BIND:
        fake_bind(f, ber);
        fake_result(f, id, LDAP_RES_BIND, &f->bind);
        break;
    case LDAP_REQ_SEARCH:
        fake_search(f, id, ber);
        break;
    case LDAP_REQ_MODIFY:
        fake_read_modify(f, ber);
        if (f->clock != NULL)
            f->clock->monotonic_ms += f->takes_ms;
        if (f->raw != NULL)
            fake_raw_result(f, id);
        else
            fake_result(f, id, f->mistakes ? LDAP_RES_SEARCH_RESULT : LDAP_RES_MODIFY,
                        &f->modifies[f->seen_count]);
        f->seen_count++;
        if (f->hangs_up_on_modify)
            f->in_len = f->at;
        break;
    case LDAP_REQ_EXTENDED:
        fake_result(f, id, LDAP_RES_EXTENDED, &f->start_tls);
        break;
    default:
        CHECK_INT(0, tag);
        break;
    }
    ber_free(ber, 1);
}

static inline pwwb_status
fake_ldap_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
                pwwb_error *err)
{
    fake_ldap    *f       = ctx;
    struct berval request = {len, NULL};
    pwwb_status   st      = fake_fault_next(&f->write);

    (void)timeout_ms;
    (void)err;
    if (st != PWWB_OK)
        return st;
    if (f->is_idle && f->hangs_up) {
        f->hangs_up = 0;
        return PWWB_E_CLOSED;
    }

    CHECK(len <= sizeof(f->request));
    memcpy(f->request, data, len);
    f->request_len = len;
    request.bv_val = (char *)f->request;
    fake_serve(f, &request);
    *ret_len = len;
    return PWWB_OK;
}

static inline pwwb_status
fake_ldap_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
               pwwb_error *err)
{
    fake_ldap  *f  = ctx;
    pwwb_status st = fake_fault_next(&f->read);
    size_t      len, i;

    (void)timeout_ms;
    (void)err;
    if (st != PWWB_OK)
        return st;
    if (f->in_len == f->at && f->endless_id != 0) {
        f->in_len = f->at = 0;
        fake_entry(f, f->endless_id, FAKE_GUID_DN);
    }
    len = f->in_len - f->at;
    if (len > buf_size)
        len = buf_size;
    if (f->cut_at > 0 && (long)len > f->cut_at - f->given)
        len = f->cut_at > f->given ? (size_t)(f->cut_at - f->given) : 0;
    if (len == 0)
        return PWWB_E_CLOSED;

    memcpy(buf, f->in + f->at, len);
    for (i = 0; i < len; i++)
        if (f->given + (long)i + 1 == f->flip_at)
            buf[i] ^= f->flip_by;
    f->at += len;
    f->given += (long)len;
    *ret_len = len;
    return PWWB_OK;
}

static const pwwb_stream_ops fake_ldap_ops = {
    .size = sizeof(pwwb_stream_ops), .read = fake_ldap_read, .write = fake_ldap_write,
};

static inline pwwb_status
fake_ldap_connect(void *ctx, const char *host, int32_t port, int64_t timeout_ms,
                  pwwb_stream **ret_stream, pwwb_error *err)
{
    fake_ldap  *f  = ctx;
    pwwb_status st = fake_fault_next(&f->connect);

    (void)host;
    (void)port;
    (void)timeout_ms;
    if (st != PWWB_OK)
        return st;
    f->connects++;
    f->tls_on = 0;
    f->in_len = f->at = 0;
    return pwwb_stream_new(&fake_ldap_ops, f, ret_stream, err);
}

/* In place of TLS; which directory asks is known to the test alone. */
static fake_ldap *fake_ldap_current;

pwwb_status __wrap_pwwb_stream_new_tls(pwwb_stream *under, const pwwb_tls_options *options,
                                   int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err);

pwwb_status
__wrap_pwwb_stream_new_tls(pwwb_stream *under, const pwwb_tls_options *options, int64_t timeout_ms,
                       pwwb_stream **ret_stream, pwwb_error *err)
{
    fake_ldap  *f  = fake_ldap_current;
    pwwb_status st = fake_fault_next(&f->tls);

    (void)timeout_ms;
    (void)err;
    if (st != PWWB_OK)
        return st;
    f->tls_on = 1;
    snprintf(f->tls_name, sizeof(f->tls_name), "%s", options->name);
    *ret_stream = under;
    return PWWB_OK;
}

/* A certificate to name as the CA: it is read, and trusted by nobody. */
static const char fake_ca[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARugAwIBAgIUJsQ2th2U1kU+Te8dZOZIRsRdPG0wCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEYSBDQTAgFw0yNjExMjIxMTE4MTBaGA8yMTI2MTAyOTExMTgx\n"
    "MFowDzENMAsGA1UEAwwEYSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIym\n"
    "JoLVocX/4Qj/WVRt68JdKN8Dm9d3vlV5Jau19NDWSZCNmuJqFt16O9ICOOYPSNLU\n"
    "jnqrjFwQSmLanMAoVnCjUzBRMB0GA1UdDgQWBBTlfS/+l6OlIXledKpJS+lk0HyP\n"
    "pzAfBgNVHSMEGDAWgBTlfS/+l6OlIXledKpJS+lk0HyPpzAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQD3PGkRfIYDbgLvNyM3TU/ZmJfo7+tMvyFd\n"
    "0S12xndfvwIgDdUdAHNaNtas2qXVdWKliTY40WV2qtMJOdJOJFYBOrk=\n"
    "-----END CERTIFICATE-----\n";

/* A controller with one person, u001, and the domain's rules. */
static const uint8_t fake_guid[PWWB_ID_SIZE] = {1, 2,  3,  4,  5,  6,  7,  8,
                                                9, 10, 11, 12, 13, 14, 15, 16};

static inline void
fake_ldap_make(fake_ldap *f)
{
    static const fake_value values[] = {
        {"", "defaultNamingContext", FAKE_DOMAIN, 0},
        {"", "dnsHostName", "dc1.corp", 0},
        {"", "currentTime", "20261122101500.0Z", 0},
        {"", "supportedControl", "1.2.840.113556.1.4.319", 0},
        {"", "supportedControl", "1.2.840.113556.1.4.2066", 0},
        {"", "supportedControl", "1.2.840.113556.1.4.2239", 0},
        {FAKE_GUID_DN, "objectClass", "top", 0},
        {FAKE_GUID_DN, "objectClass", "user", 0},
        {FAKE_GUID_DN, "objectSid", FAKE_SID, 28},
        {FAKE_GUID_DN, "sAMAccountType", "805306368", 0},
        {FAKE_GUID_DN, "userAccountControl", "512", 0},
        {FAKE_GUID_DN, "sAMAccountName", "u001", 0},
        {FAKE_GUID_DN, "displayName", "Una Tester", 0},
        {FAKE_GUID_DN, "msDS-User-Account-Control-Computed", "0", 0},
        {FAKE_GUID_DN, "pwdLastSet", "134398080000000000", 0}, /* 2026-11-22 08:00 */
        {FAKE_GUID_DN, "lockoutTime", "0", 0},
        {FAKE_GUID_DN, "badPwdCount", "2", 0},
        {FAKE_GUID_DN, "badPasswordTime", "134398158000000000", 0}, /* 10:10 */
        {FAKE_GUID_DN, "primaryGroupID", "513", 0},
        {FAKE_GUID_DN, "tokenGroups", FAKE_USERS, 28},
        {FAKE_DOMAIN, "minPwdLength", "7", 0},
        {FAKE_DOMAIN, "pwdHistoryLength", "24", 0},
        {FAKE_DOMAIN, "minPwdAge", "-864000000000", 0},
        {FAKE_DOMAIN, "maxPwdAge", "-9223372036854775808", 0},
        {FAKE_DOMAIN, "lockoutDuration", "-18000000000", 0},
        {FAKE_DOMAIN, "lockOutObservationWindow", "-18000000000", 0},
        {FAKE_DOMAIN, "lockoutThreshold", "5", 0},
        {FAKE_DOMAIN, "pwdProperties", "1", 0},
    };

    memset(f, 0, sizeof(*f));
    memcpy(f->values, values, sizeof(values));
}

/* Change, add or, with NULL, remove a value. */
static inline void
fake_ldap_say(fake_ldap *f, const char *dn, const char *name, const char *value, size_t len)
{
    int i = 0;

    while (i < FAKE_VALUES - 1 && f->values[i].name != NULL
           && (strcmp(f->values[i].dn, dn) != 0 || strcmp(f->values[i].name, name) != 0))
        i++;
    f->values[i] = (fake_value){dn, name, value, len};
    if (value == NULL)
        f->values[i] = (fake_value){dn, "x-removed", "", 0};
}

#endif /* FAKE_LDAP_H */
