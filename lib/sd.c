/* SPDX-License-Identifier: Apache-2.0 */
#include "sd.h"

#include <string.h>

/* MS-DTYP 2.4.6: revision, padding, control, then offsets of owner, group, SACL and DACL. */
#define SD_SIZE        20
#define SD_DACL_AT     16
#define SE_PRESENT     0x0004 /* SE_DACL_PRESENT */
#define SE_PROTECTED   0x1000 /* SE_DACL_PROTECTED */
#define SE_RELATIVE    0x8000 /* SE_SELF_RELATIVE */
#define ACL_SIZE       8 /* MS-DTYP 2.4.5 */
#define ACE_SIZE       4 /* MS-DTYP 2.4.4.1 */
#define GUID_SIZE      16
#define SID_SIZE       8
#define HAS_TYPE       0x1
#define HAS_INHERITOR  0x2
#define GENERIC_ALL    0x10000000u
#define GENERIC_WRITE  0x40000000u
#define GENERIC_READ   0x80000000u

static uint16_t
u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t
u32(const uint8_t *p)
{
    return u16(p) | (uint32_t)u16(p + 2) << 16;
}

/* How long the SID is that begins there; 0 when there is none. */
static size_t
sid_len(wb_span octets)
{
    size_t len = octets.len < SID_SIZE ? 0 : SID_SIZE + 4 * (size_t)octets.p[1];

    return len == 0 || octets.p[0] != 1 || octets.p[1] > 15 || len > octets.len ? 0 : len;
}

int
wb_sid_parse(wb_span octets, wb_sid *ret_sid)
{
    int i;

    memset(ret_sid, 0, sizeof(*ret_sid));
    if (octets.len == 0 || sid_len(octets) != octets.len)
        return -1;

    ret_sid->count = octets.p[1];
    for (i = 2; i < SID_SIZE; i++)
        ret_sid->authority = ret_sid->authority << 8 | octets.p[i];
    for (i = 0; i < ret_sid->count; i++)
        ret_sid->sub[i] = u32(octets.p + SID_SIZE + 4 * i);
    return 0;
}

int
wb_sid_is_same(const wb_sid *a, const wb_sid *b)
{
    return a->authority == b->authority && a->count == b->count
           && memcmp(a->sub, b->sub, sizeof(a->sub[0]) * (size_t)a->count) == 0;
}

/* What an ACE does, by its type. MS-DTYP 2.4.4.1 */
static void
read_kind(uint8_t type, wb_sd_entry *e, int *ret_is_object)
{
    e->says          = WB_SD_SILENT; /* audits, labels and what is not known */
    e->has_condition = type >= 9;
    *ret_is_object   = type == 5 || type == 6 || type == 11 || type == 12;
    if (type == 0 || type == 5 || type == 9 || type == 11)
        e->says = WB_SD_GRANTED;
    else if (type == 1 || type == 6 || type == 10 || type == 12)
        e->says = WB_SD_DENIED;
}

/* A GUID that may be there; moves on. */
static const uint8_t *
read_type(wb_span body, size_t *at, int is_there)
{
    const uint8_t *type = is_there && *at + GUID_SIZE <= body.len ? body.p + *at : NULL;

    *at += is_there ? GUID_SIZE : 0;
    return type;
}

/* The mask, for an object's entry its types, and the SID; a condition may follow. */
static int
read_body(wb_span body, int is_object, wb_sd_entry *e)
{
    size_t   at    = is_object ? 8 : 4, len;
    uint32_t flags = is_object && body.len >= at ? u32(body.p + 4) : 0;

    e->type      = read_type(body, &at, (flags & HAS_TYPE) != 0);
    e->inheritor = read_type(body, &at, (flags & HAS_INHERITOR) != 0);
    if (body.len < at)
        return -1;

    e->mask = u32(body.p);
    len     = sid_len(wb_span_of(body.p + at, body.len - at));
    return wb_sid_parse(wb_span_of(body.p + at, len), &e->sid);
}

int
wb_sd_next(wb_span *rest, wb_sd_entry *ret_entry)
{
    size_t  size = rest->len < ACE_SIZE ? 0 : u16(rest->p + 2);
    wb_span body;
    int     is_object;

    memset(ret_entry, 0, sizeof(*ret_entry));
    if (size < ACE_SIZE || size > rest->len)
        return -1;

    read_kind(rest->p[0], ret_entry, &is_object);
    ret_entry->flags = rest->p[1];
    body             = wb_span_of(rest->p + ACE_SIZE, size - ACE_SIZE);
    *rest            = wb_span_of(rest->p + size, rest->len - size);
    return ret_entry->says == WB_SD_SILENT ? 0 : read_body(body, is_object, ret_entry);
}

/* The list's own head, then each entry once. Octets after the last one are room. */
static int
read_list(wb_span list, wb_sd *sd)
{
    size_t      size = list.len < ACL_SIZE ? 0 : u16(list.p + 2);
    wb_span     rest;
    wb_sd_entry e;
    int         i;

    if (size < ACL_SIZE || size > list.len || (list.p[0] != 2 && list.p[0] != 4))
        return -1;

    sd->count   = u16(list.p + 4);
    sd->entries = wb_span_of(list.p + ACL_SIZE, size - ACL_SIZE);
    rest        = sd->entries;
    for (i = 0; i < sd->count; i++)
        if (wb_sd_next(&rest, &e) != 0)
            return -1;
    sd->entries.len -= rest.len;
    return 0;
}

int
wb_sd_parse(wb_span octets, wb_sd *ret_sd)
{
    uint16_t control;
    uint32_t at;

    *ret_sd = (wb_sd){.has_list = 1}; /* what cannot be read grants nothing */
    if (octets.len < SD_SIZE || octets.p[0] != 1)
        return -1;
    control = u16(octets.p + 2);
    at      = u32(octets.p + SD_DACL_AT);
    if ((control & SE_RELATIVE) == 0 || at > octets.len)
        return -1;

    ret_sd->is_protected = (control & SE_PROTECTED) != 0;
    ret_sd->has_list     = (control & SE_PRESENT) != 0 && at != 0;
    if (!ret_sd->has_list || read_list(wb_span_of(octets.p + at, octets.len - at), ret_sd) == 0)
        return 0;

    *ret_sd = (wb_sd){.has_list = 1};
    return -1;
}

/* Generic rights stand for those that MS-ADTS 5.1.3.2 lists. */
static uint32_t
mapped(uint32_t mask)
{
    if ((mask & GENERIC_ALL) != 0)
        mask |= WB_SD_LIST_CONTENTS | WB_SD_READ_PROPERTY | WB_SD_WRITE_PROPERTY
                | WB_SD_CONTROL_ACCESS;
    if ((mask & GENERIC_WRITE) != 0)
        mask |= WB_SD_WRITE_PROPERTY;
    if ((mask & GENERIC_READ) != 0)
        mask |= WB_SD_LIST_CONTENTS | WB_SD_READ_PROPERTY;
    return mask;
}

static int
is_among(const wb_sid *sid, const wb_sid *holders, int holder_count)
{
    int i;

    for (i = 0; i < holder_count; i++)
        if (wb_sid_is_same(sid, &holders[i]))
            return 1;
    return 0;
}

static int
is_of_type(const uint8_t *type, const wb_sd_question *q)
{
    return type == NULL || memcmp(type, q->type, GUID_SIZE) == 0
           || (q->set != NULL && memcmp(type, q->set, GUID_SIZE) == 0);
}

int
wb_sd_concerns(const wb_sd_entry *e, const wb_sd_question *q)
{
    return e->says != WB_SD_SILENT && (e->flags & WB_SD_INHERIT_ONLY) == 0
           && (mapped(e->mask) & q->right) == q->right && is_of_type(e->type, q)
           && is_among(&e->sid, q->holders, q->holder_count);
}

int
wb_sd_decide(const wb_sd *sd, const wb_sd_question *q)
{
    wb_span     rest  = sd->entries;
    int         doubt = WB_SD_SILENT; /* what entries with a condition may have decided */
    int         says;
    wb_sd_entry e;

    if (!sd->has_list)
        return WB_SD_GRANTED;

    while (wb_sd_next(&rest, &e) == 0) {
        if (!wb_sd_concerns(&e, q))
            continue;
        says = doubt == WB_SD_SILENT || doubt == e.says ? e.says : WB_SD_UNCLEAR;
        if (!e.has_condition)
            return says;
        doubt = says;
    }
    return doubt == WB_SD_SILENT || doubt == WB_SD_DENIED ? WB_SD_SILENT : WB_SD_UNCLEAR;
}

int
wb_sd_check(const wb_sd *sd, const wb_sid *holders, int holder_count, uint32_t right,
            const uint8_t type[16], const uint8_t *set)
{
    wb_sd_question q = {holders, holder_count, right, type, set};

    return wb_sd_decide(sd, &q);
}
