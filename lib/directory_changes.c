/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "gate.h"
#include "guid.h"
#include "ops.h"
#include "utf.h"

#define LEAST_OBJECT WB_SIZE_UP_TO(pwwb_object, master_sid_len)
#define LEAST_PASS   WB_SIZE_UP_TO(pwwb_pass, mark_len)
#define SID_MAX      68    /* of 15 numbers: MS-DTYP 2.4.2.2 */
#define TEXT_MAX     65536 /* octets of a name of an object */

/* One call, and how it goes. */
typedef struct telling {
    pwwb_object_fn each;
    void          *each_ctx;
    pwwb_status    failed; /* what the caller's function said, once it failed */
    const char    *wrong;  /* with what the directory told, in words */
} telling;

static int
is_text(const char *text)
{
    size_t len = text != NULL ? strnlen(text, TEXT_MAX + 1) : 0;

    return len <= TEXT_MAX && wb_utf8_units((const uint8_t *)text, len) >= 0;
}

static int
is_sid(const uint8_t *sid, size_t len)
{
    return len <= SID_MAX && (sid != NULL) == (len > 0);
}

const char *
wb_wrong_object(const pwwb_object *o)
{
    int least = o->change == PWWB_CHANGE_OBJECT ? PWWB_OBJECT_USER : 0;

    if (o->change < PWWB_CHANGE_OBJECT || o->change > PWWB_CHANGE_GONE)
        return "no kind of change";
    if (o->object_class < least || o->object_class > PWWB_OBJECT_CONTACT)
        return "no class of objects";
    if (wb_guid_is_zero(o->guid))
        return "an object without id";
    if ((o->is_critical & ~1) != 0)
        return "neither critical nor not";
    if (!is_sid(o->sid, o->sid_len) || !is_sid(o->master_sid, o->master_sid_len))
        return "an identifier that is none";
    if (!is_text(o->dn) || !is_text(o->account_name) || !is_text(o->mail))
        return "an object's name that is no text";
    return NULL;
}

const char *
wb_wrong_pass(const pwwb_pass *p)
{
    if ((p->is_last & ~1) != 0 || (p->is_whole & ~1) != 0)
        return "neither whole nor not";
    if (p->permille < 0 || p->permille > 1000)
        return "more than all of a pass";
    if (p->mark_len == 0 || p->mark_len > PWWB_MARK_MAX)
        return "no mark";
    return NULL;
}

/* What the directory calls. Once it has failed, the caller is told nothing more. */
static pwwb_status
tell(void *ctx, const pwwb_object *theirs, pwwb_error *err)
{
    telling    *t = ctx;
    pwwb_object object;

    if (t->failed != PWWB_OK)
        return t->failed;

    if (theirs == NULL || wb_ops_import(&object, sizeof(object), LEAST_OBJECT, theirs) != PWWB_OK)
        t->wrong = "an object of another size";
    else
        t->wrong = wb_wrong_object(&object);
    if (t->wrong != NULL)
        return t->failed = wb_fail(err, PWWB_E_CALLBACK, "the directory's changes told %s",
                                   t->wrong);

    object.size = sizeof(object);
    return t->failed = wb_answer(err, t->each(t->each_ctx, &object, err), "what takes objects");
}

/* Ask, and judge the answer. What the caller's function said comes first, whatever the directory made of
 * it, and is no failure of the directory's. */
static pwwb_status
ask(pwwb_directory *directory, const uint8_t *mark, size_t mark_len, int64_t timeout_ms, telling *t,
    pwwb_pass *pass, pwwb_error *err)
{
    int64_t     entered_ms;
    pwwb_status st = wb_gate_enter(directory->gate, &timeout_ms, &entered_ms, err);

    if (st != PWWB_OK)
        return st;

    st = directory->ops.changes(directory->ctx, mark, mark_len, timeout_ms, tell, t, pass, err);
    if (t->wrong == NULL && t->failed != PWWB_OK) {
        wb_directory_leave(directory, entered_ms, PWWB_OK, PWWB_CODE_OK);
        return wb_answer(err, t->failed, "what takes objects");
    }
    wb_directory_leave(directory, entered_ms, st, PWWB_CODE_OK);
    if (t->wrong == NULL) {
        st       = wb_answer(err, st, "the directory's changes");
        t->wrong = st == PWWB_OK ? wb_wrong_pass(pass) : NULL;
    }
    if (t->wrong != NULL)
        st = wb_fail(err, PWWB_E_CALLBACK, "the directory's changes told %s", t->wrong);
    return st;
}

/* What is wrong with the arguments; NULL = nothing. */
static const char *
wrong_arguments(const pwwb_directory *directory, const uint8_t *mark, size_t mark_len,
                pwwb_object_fn each, const pwwb_pass *pass)
{
    if (directory == NULL || each == NULL)
        return "directory and each must be given";
    if (pass->mark == NULL)
        return "a mark needs room";
    if ((mark == NULL) != (mark_len == 0))
        return "a mark without octets, or octets without a mark";
    return NULL;
}

pwwb_status
pwwb_directory_changes(pwwb_directory *directory, const uint8_t *mark, size_t mark_len,
                       int64_t timeout_ms, pwwb_object_fn each, void *each_ctx,
                       pwwb_pass *ret_pass, pwwb_error *err)
{
    telling     t    = {each, each_ctx, PWWB_OK, NULL};
    pwwb_pass   pass = {.size = sizeof(pass)};
    uint8_t    *room;
    pwwb_status st;

    wb_ok(err);
    if (ret_pass == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_pass must be given");
    if (ret_pass->size < LEAST_PASS || ret_pass->size > WB_OPS_SIZE_MAX)
        return wb_fail(err, PWWB_E_ABI, "a pass of size %zu does not fit this library",
                       ret_pass->size);
    if (wrong_arguments(directory, mark, mark_len, each, ret_pass) != NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%s",
                       wrong_arguments(directory, mark, mark_len, each, ret_pass));
    if (directory->ops.changes == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this directory tells no changes");
    if (mark_len > PWWB_MARK_MAX)
        return wb_fail(err, PWWB_E_MALFORMED, "%zu octets are no mark", mark_len);

    room = malloc(PWWB_MARK_MAX); /* of our own: theirs may be where the step begins */
    if (room == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a mark");

    pass.mark = room;
    st        = ask(directory, mark, mark_len, timeout_ms, &t, &pass, err);
    if (st == PWWB_OK) {
        pass.mark = memcpy(ret_pass->mark, room, pass.mark_len);
        st        = wb_ops_export(ret_pass, LEAST_PASS, &pass, sizeof(pass));
    }
    free(room);
    return st;
}
