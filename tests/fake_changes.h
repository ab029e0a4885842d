/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_CHANGES_H
#define FAKE_CHANGES_H

/* A directory that tells its objects and what becomes of them, and fails on command. A mark is four numbers. */

#include <stdlib.h>

#include <pwwb/directory.h>

#include "harness.h"

#define FAKE_TEXT 80
#define FAKE_SID  28

typedef struct fake_object {
    pwwb_object o; /* its pointers are set when it is told */
    char        dn[FAKE_TEXT];
    char        account_name[FAKE_TEXT];
    char        mail[FAKE_TEXT];
    uint8_t     sid[FAKE_SID];
    uint8_t     master_sid[FAKE_SID];
    int         has_sid;
    int         has_master;
    int         is_gone;
    uint64_t    changed; /* when: the directory's count of changes */
} fake_object;

typedef struct fake_changes {
    fake_object *objects;
    size_t       count;
    uint64_t     time; /* changes so far; 1 at least */
    uint64_t     id;   /* what its marks begin with */
    size_t       step; /* objects of a step */
    int          tells_present; /* of a whole pass: nothing else is read */
    long         calls;
    long         fail_call;   /* the nth call fails; 0 = none */
    long         fail_object; /* the nth object, counted over all calls, is not told: the call fails */
    long         told;
    pwwb_status  failure;
    pwwb_directory *directory;
} fake_changes;

struct fake_mark {
    uint64_t id;
    uint64_t is_delta;
    uint64_t next;  /* index */
    uint64_t since; /* changes after that */
    uint64_t until; /* when the pass began */
};

static inline void
fake_fill(fake_object *f, pwwb_object *o)
{
    *o              = f->o;
    o->size         = sizeof(*o);
    o->dn           = f->dn;
    o->account_name = f->account_name;
    o->mail         = f->mail;
    if (f->has_sid) {
        o->sid     = f->sid;
        o->sid_len = FAKE_SID;
    }
    if (f->has_master) {
        o->master_sid     = f->master_sid;
        o->master_sid_len = FAKE_SID;
    }
}

static inline pwwb_status
fake_tell(fake_changes *fake, fake_object *f, int32_t change, pwwb_object_fn each, void *each_ctx,
          pwwb_error *err)
{
    pwwb_object o = {0};

    if (++fake->told == fake->fail_object)
        return fake->failure;
    fake_fill(f, &o);
    if (change != PWWB_CHANGE_OBJECT) {
        o = (pwwb_object){.size = sizeof(o)};
        memcpy(o.guid, f->o.guid, sizeof(o.guid));
    }
    o.change = change;
    return each(each_ctx, &o, err);
}

/* What a pass tells of an object; 0 = nothing. */
static inline int32_t
fake_change_of(const fake_changes *fake, const fake_object *f, const struct fake_mark *mark)
{
    if (mark->is_delta)
        return f->changed <= mark->since ? 0
               : f->is_gone              ? PWWB_CHANGE_GONE
                                         : PWWB_CHANGE_OBJECT;
    if (f->is_gone)
        return 0;
    return fake->tells_present ? PWWB_CHANGE_PRESENT : PWWB_CHANGE_OBJECT;
}

static inline pwwb_status
fake_changes_step(void *ctx, const uint8_t *theirs, size_t mark_len, int64_t timeout_ms,
                  pwwb_object_fn each, void *each_ctx, pwwb_pass *ret_pass, pwwb_error *err)
{
    fake_changes    *fake = ctx;
    struct fake_mark mark = {fake->id, 0, 0, 0, fake->time};
    size_t           told = 0;
    pwwb_status      st   = PWWB_OK;

    (void)timeout_ms;
    if (++fake->calls == fake->fail_call)
        return fake->failure;
    if (mark_len == sizeof(mark))
        memcpy(&mark, theirs, sizeof(mark));
    if ((theirs != NULL && mark_len != sizeof(mark)) || mark.id != fake->id)
        return PWWB_E_MALFORMED;

    if (mark.is_delta && mark.next == 0)
        mark.until = fake->time;
    for (; mark.next < fake->count && told < fake->step && st == PWWB_OK; mark.next++) {
        int32_t change = fake_change_of(fake, &fake->objects[mark.next], &mark);

        told += change != 0;
        if (change != 0)
            st = fake_tell(fake, &fake->objects[mark.next], change, each, each_ctx, err);
    }
    if (st != PWWB_OK)
        return st;

    ret_pass->is_last  = mark.next == fake->count;
    ret_pass->is_whole = !mark.is_delta;
    ret_pass->permille = fake->count > 0 ? (int32_t)(mark.next * 1000 / fake->count) : 1000;
    if (ret_pass->is_last)
        mark = (struct fake_mark){fake->id, 1, 0, mark.until, 0};
    memcpy(ret_pass->mark, &mark, sizeof(mark));
    ret_pass->mark_len = sizeof(mark);
    return PWWB_OK;
}

static inline pwwb_status
fake_no_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
             pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    (void)ctx, (void)guid, (void)timeout_ms, (void)ret_account, (void)ret_rules, (void)err;
    return PWWB_E_NOT_SUPPORTED;
}

static inline pwwb_status
fake_no_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result, pwwb_error *err)
{
    (void)ctx, (void)set, (void)timeout_ms, (void)ret_result, (void)err;
    return PWWB_E_NOT_SUPPORTED;
}

/* An empty one with room for some objects. */
static inline void
fake_begin(fake_changes *fake, uint64_t id, size_t room)
{
    pwwb_directory_ops ops = {
        .size    = sizeof(ops),
        .read    = fake_no_read,
        .set     = fake_no_set,
        .changes = fake_changes_step,
    };

    *fake = (fake_changes){.id = id, .step = 7, .time = 1, .failure = PWWB_E_CLOSED};
    fake->objects = calloc(room, sizeof(*fake->objects));
    if (fake->objects == NULL || pwwb_directory_new(&ops, fake, &fake->directory, NULL) != PWWB_OK)
        abort();
}

static inline void
fake_end(fake_changes *fake)
{
    pwwb_directory_free(fake->directory);
    free(fake->objects);
}

/* It changed, or there is one more of it: what it is now is the caller's to write. */
static inline fake_object *
fake_touch(fake_changes *fake, size_t i)
{
    fake->objects[i].changed = ++fake->time;
    if (i >= fake->count)
        fake->count = i + 1;
    return &fake->objects[i];
}

/* An enabled account, whose objectGUID and SID are a number. */
static inline fake_object *
fake_user(fake_changes *fake, uint32_t number)
{
    static const uint8_t domain[FAKE_SID] = {1, 5, 0, 0, 0, 0, 0, 5, 21};
    fake_object         *f                = fake_touch(fake, fake->count);

    f->o.object_class    = PWWB_OBJECT_USER;
    f->o.account_control = 0x200;
    f->has_sid           = 1;
    memcpy(f->o.guid, &number, sizeof(number));
    f->o.guid[15] = (uint8_t)fake->id;
    memcpy(f->sid, domain, sizeof(domain));
    f->sid[12] = (uint8_t)fake->id;
    memcpy(f->sid + FAKE_SID - sizeof(number), &number, sizeof(number));
    (void)snprintf(f->account_name, sizeof(f->account_name), "user%u", (unsigned)number);
    (void)snprintf(f->dn, sizeof(f->dn), "CN=user%u,DC=d%u", (unsigned)number, (unsigned)fake->id);
    return f;
}

#endif /* FAKE_CHANGES_H */
