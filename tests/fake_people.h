/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_PEOPLE_H
#define FAKE_PEOPLE_H

/*
 * A controller with many people, for who keeps a copy: it answers DirSync, searches by uSNCreated, and
 * searches for objects by their ids. What it was asked for stands in `log`:
 *   S<flags>:<cookie>  DirSync        W<from>-<to>  a window; "!" when it gave not all, "~" without end
 *   B<n>               n objects      M<n>          n objects, but no user, contact or group
 */

#include <stdlib.h>

#include "fake_ldap.h"

#define FAKE_PEOPLE_MAX 1500
#define FAKE_DIRSYNC    "1.2.840.113556.1.4.841" /* MS-ADTS 3.1.1.3.4.1.3 */

typedef struct fake_person {
    int         usn;
    const char *object_class; /* "user" where it is NULL */
    int         is_gone;
    int         is_changed; /* DirSync tells it: with its name or not, and its class */
    int         has_name, has_class;
} fake_person;

typedef struct fake_people {
    fake_ldap   f; /* first */
    fake_person all[FAKE_PEOPLE_MAX]; /* their ids are their places, from 1 */
    int         count;
    int         has_right;   /* to see what is deleted */
    int         more;        /* so many answers of DirSync have another one after them */
    int         limit;       /* entries at most, in windows and of objects; 0 = none */
    long        endless;     /* a window of more numbers has no end; 0 = each has */
    int         dirsync_says; /* a result but for success */
    const char *control;     /* in place of a good one, 8 octets */
    const char *dn;          /* of every one; NULL = short */
    const char *sid;         /* of every one, 8 octets; NULL = none */
    size_t      guid_len;
    int         cookies;
    char        log[1024];
} fake_people;

static inline void
fake_people_note(fake_people *p, const char *what, long a, const char *between, long b)
{
    size_t used = strlen(p->log);

    snprintf(p->log + used, sizeof(p->log) - used, "%s%ld%s", what, a, between);
    used = strlen(p->log);
    snprintf(p->log + used, sizeof(p->log) - used, b >= 0 ? "%ld " : " ", b);
}

static inline void
fake_people_guid(int place, uint8_t guid[PWWB_ID_SIZE])
{
    memset(guid, 0xa5, PWWB_ID_SIZE);
    guid[0] = (uint8_t)(place >> 8);
    guid[1] = (uint8_t)place;
}

static inline int
fake_people_place(const uint8_t guid[PWWB_ID_SIZE])
{
    return guid[0] << 8 | guid[1];
}

static inline void
fake_people_value(BerElement *ber, const char *name, const char *value, size_t len)
{
    ber_printf(ber, "{s[o]}", name, value, (ber_len_t)len);
}

/* One entry; of DirSync only what changed. */
static inline void
fake_people_tell(fake_people *p, ber_int_t id, int place, int is_sync)
{
    const fake_person *who   = &p->all[place - 1];
    const char        *class = who->object_class != NULL ? who->object_class : "user";
    BerElement        *ber   = ber_alloc_t(LBER_USE_DER);
    uint8_t            guid[PWWB_ID_SIZE];

    fake_people_guid(place, guid);
    ber_printf(ber, "{it{s{", id, (ber_tag_t)LDAP_RES_SEARCH_ENTRY, p->dn != NULL ? p->dn : "CN=x");
    fake_people_value(ber, "objectGUID", (const char *)guid, p->guid_len);
    if (!is_sync || who->has_class)
        fake_people_value(ber, "objectClass", class, strlen(class));
    if (is_sync && who->has_name)
        fake_people_value(ber, "name", "x", 1);
    if (p->sid != NULL)
        fake_people_value(ber, "objectSid", p->sid, 8);
    ber_printf(ber, "}}}");
    fake_put(&p->f, ber);
}

static inline const uint8_t *
fake_people_find(const fake_people *p, const uint8_t *from, const char *text)
{
    const uint8_t *end = p->f.request + p->f.request_len;

    return memmem(from, (size_t)(end - from), text, strlen(text));
}

/* SEQUENCE { more, 0, cookie }, or what the test wants. */
static inline void
fake_people_end_sync(fake_people *p, ber_int_t id)
{
    BerElement    *ber = ber_alloc_t(LBER_USE_DER), *value = ber_alloc_t(LBER_USE_DER);
    struct berval *octets = NULL;
    char           cookie[16];

    snprintf(cookie, sizeof(cookie), "k%d", ++p->cookies);
    ber_printf(value, "{iis}", p->more > 0, 0, cookie);
    p->more -= p->more > 0;
    CHECK(ber_flatten(value, &octets) == 0);
    if (p->control != NULL && p->control[0] != '\0') {
        memcpy(octets->bv_val, p->control, 8);
        octets->bv_len = 8;
    }
    ber_printf(ber, "{it{ess}", id, (ber_tag_t)LDAP_RES_SEARCH_RESULT, 0, "", "");
    if (p->control == NULL || p->control[0] != '\0')
        ber_printf(ber, "t{{sO}}", (ber_tag_t)LDAP_TAG_CONTROLS, FAKE_DIRSYNC, octets);
    ber_printf(ber, "}");
    fake_put(&p->f, ber);
    ber_bvfree(octets);
    ber_free(value, 1);
}

/* OID, critical, then the value SEQUENCE { flags, octets, cookie }: RFC 4511 4.1.11. */
static inline void
fake_people_sync(fake_people *p, ber_int_t id, const uint8_t *oid)
{
    const uint8_t *at = oid + strlen(FAKE_DIRSYNC);
    fake_answer    no = {p->dirsync_says, NULL};
    char           cookie[32];
    int            flags, i;

    CHECK_MEM("\x01\x01\xff\x04", 4, at, 4);
    CHECK_MEM("\x30", 1, at + 5, 1);
    CHECK_MEM("\x02\x01", 2, at + 7, 2);
    flags = at[9];
    at += 10 + 2 + at[11];
    CHECK_INT(0x04, at[0]);
    CHECK(at[1] < sizeof(cookie));
    snprintf(cookie, sizeof(cookie), ":%.*s", at[1], (const char *)at + 2);
    fake_people_note(p, "S", flags, cookie, -1);
    if (no.code == 0 && flags == 0 && !p->has_right)
        no.code = LDAP_INSUFFICIENT_ACCESS;
    if (no.code != 0) {
        fake_result(&p->f, id, LDAP_RES_SEARCH_RESULT, &no);
        return;
    }
    if (fake_people_find(p, p->f.request, "nobody") == NULL)
        for (i = 1; i <= p->count; i++)
            if (p->all[i - 1].is_changed && (p->has_right || !p->all[i - 1].is_gone))
                fake_people_tell(p, id, i, 1);
    fake_people_end_sync(p, id);
}

/* The number that stands after the name in the filter; the name's place moves on. */
static inline long
fake_people_bound(const fake_people *p, const uint8_t **at)
{
    char text[24];

    *at = fake_people_find(p, *at, "uSNCreated") + strlen("uSNCreated");
    CHECK((*at)[0] == 0x04 && (*at)[1] < sizeof(text));
    snprintf(text, sizeof(text), "%.*s", (*at)[1], (const char *)*at + 2);
    return atol(text);
}

static inline int
fake_people_is_container(const fake_person *who)
{
    return who->object_class != NULL && strcmp(who->object_class, "user") != 0
           && strcmp(who->object_class, "contact") != 0 && strcmp(who->object_class, "group") != 0;
}

static inline void
fake_people_window(fake_people *p, ber_int_t id)
{
    const uint8_t *at    = p->f.request;
    long           least = fake_people_bound(p, &at), most = fake_people_bound(p, &at);
    fake_answer    end   = {0, NULL};
    int            i, told = 0;

    p->f.endless_id = p->endless > 0 && most - least >= p->endless ? id : 0;
    if (p->f.endless_id != 0) {
        fake_people_note(p, "~W", least, "-", most);
        return;
    }
    for (i = 1; i <= p->count; i++) {
        const fake_person *who = &p->all[i - 1];

        if (who->is_gone || who->usn < least || who->usn > most || fake_people_is_container(who))
            continue;
        if (p->limit > 0 && told == p->limit)
            end.code = LDAP_SIZELIMIT_EXCEEDED;
        else
            fake_people_tell(p, id, i, 0), told++;
    }
    fake_people_note(p, end.code != 0 ? "!W" : "W", least, "-", most);
    fake_result(&p->f, id, LDAP_RES_SEARCH_RESULT, &end);
}

/* Those whose ids stand in the filter: equality is { OCTET STRING name, OCTET STRING of 16 octets }. */
static inline void
fake_people_objects(fake_people *p, ber_int_t id)
{
    const uint8_t *at        = p->f.request;
    int            is_moved  = fake_people_find(p, at, "group") != NULL, asked = 0, told = 0;
    fake_answer    end       = {0, NULL};

    while ((at = fake_people_find(p, at, "objectGUID\x04\x10")) != NULL) {
        int place = fake_people_place(at += 12);

        asked++;
        CHECK(place >= 1 && place <= p->count);
        if (p->all[place - 1].is_gone || (is_moved && !fake_people_is_container(&p->all[place - 1])))
            continue;
        if (p->limit > 0 && told == p->limit)
            end.code = LDAP_SIZELIMIT_EXCEEDED;
        else
            fake_people_tell(p, id, place, 0), told++;
    }
    fake_people_note(p, is_moved ? "M" : "B", asked, "", -1);
    fake_result(&p->f, id, LDAP_RES_SEARCH_RESULT, &end);
}

static inline int
fake_people_serve(fake_ldap *f, ber_int_t id, ber_tag_t tag, BerElement *ber)
{
    fake_people   *p   = (fake_people *)f;
    const uint8_t *oid = fake_people_find(p, f->request, FAKE_DIRSYNC);

    (void)ber;
    if (tag != LDAP_REQ_SEARCH)
        return 0;
    if (oid != NULL)
        fake_people_sync(p, id, oid);
    else if (fake_people_find(p, f->request, "uSNCreated") != NULL)
        fake_people_window(p, id);
    else if (fake_people_find(p, f->request, "objectGUID\x04\x10") != NULL)
        fake_people_objects(p, id);
    else
        return 0;
    return 1;
}

/* So many people, the nth with number n * `step`. */
static inline void
fake_people_make(fake_people *p, int count, int step, const char *highest)
{
    int i;

    memset(p, 0, sizeof(*p));
    fake_ldap_make(&p->f);
    fake_ldap_say(&p->f, "", "highestCommittedUSN", highest, 0);
    p->f.serve   = fake_people_serve;
    p->has_right = 1;
    p->guid_len  = PWWB_ID_SIZE;
    p->count     = count;
    for (i = 0; i < count; i++)
        p->all[i].usn = (i + 1) * step;
}

#endif /* FAKE_PEOPLE_H */
