/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DIRECTORY_LDAP_CHANGES_H
#define WB_DIRECTORY_LDAP_CHANGES_H

/* Changes of Active Directory. DirSync says which objects have changed, and each is then read whole. All
 * objects are read in windows of uSNCreated, a number that one controller gives an object once and for all:
 * so a window is the same in another process, where a cookie of paged results has died with its connection. */

#include "directory_ldap.h"

#define WB_LDAP_CHANGES_MAX (1 << 26) /* octets one step may read */
#define WB_LDAP_BATCH       50        /* objects that one filter names */

/* directory_ldap_mark.c: where a step begins, as octets. */

enum wb_ldap_stage {
    WB_LDAP_COOKIE  = 1, /* a first pass takes a cookie before it reads anything */
    WB_LDAP_DELTA   = 2, /* what changed since the cookie */
    WB_LDAP_WINDOWS = 3  /* objects by uSNCreated */
};

/* What the windows of a pass are for. The greater one does for the lesser. */
enum wb_ldap_reads {
    WB_LDAP_READS_NONE    = 0,
    WB_LDAP_READS_PRESENT = 1, /* deletions are not told: whatever is there is */
    WB_LDAP_READS_ALL     = 2
};

typedef struct wb_ldap_mark {
    int     stage;
    int     reads;
    wb_span domain;     /* its name, and the base's; "" = the domain */
    wb_span base;
    wb_span cookie;     /* of DirSync; empty = none yet */
    wb_span controller; /* whose numbers these are, in the stage of windows; else all are 0 */
    int64_t next;       /* the first number that was not read */
    int64_t window;     /* how many numbers to read at once */
    int64_t highest;    /* the last one when the windows began */
} wb_ldap_mark;

/* Spans are borrowed. -1 = these octets are no mark. */
int wb_ldap_mark_parse(wb_span octets, wb_ldap_mark *mark);
/* Octets written; 0 when there is no room. */
size_t wb_ldap_mark_print(const wb_ldap_mark *mark, uint8_t *out, size_t out_size);

/* One step under way. */
typedef struct wb_ldap_changes {
    wb_ldap_mark   from;
    pwwb_object_fn each;
    void          *each_ctx;
    pwwb_pass     *pass;
} wb_ldap_changes;

/* directory_ldap_object.c: the attributes of an object; objectGUID and objectClass come first. */

enum { WB_LDAP_OBJECT_GUID, WB_LDAP_OBJECT_CLASS };
extern const char *const wb_ldap_object_names[];

#define WB_LDAP_PERSONS "(|(objectClass=user)(objectClass=contact))(!(objectClass=computer))"

pwwb_status wb_ldap_object_guid(wb_ldap *d, const wb_ldap_entry *entry,
                                uint8_t ret_guid[PWWB_ID_SIZE]);
/* Tell one that was read whole, unless it stands for no person. */
pwwb_status wb_ldap_tell_object(wb_ldap *d, wb_ldap_changes *c, wb_ldap_entry *entry);
/* Tell of one that it is there, or gone. */
pwwb_status wb_ldap_tell_change(wb_ldap *d, wb_ldap_changes *c, int change,
                                const uint8_t guid[PWWB_ID_SIZE]);

/* directory_ldap_dirsync.c: one search with DirSync over the domain. */

typedef struct wb_ldap_dirsync {
    wb_ldap_reply reply;
    struct berval cookie;     /* the next one */
    int           has_more;   /* there is more to ask for, with it */
    int           hides_gone; /* the account may not see what is deleted */
} wb_ldap_dirsync;

/* `filter` and `names` as in wb_ldap_query. Free with wb_ldap_dirsync_drop(). */
pwwb_status wb_ldap_dirsync_ask(wb_ldap *d, wb_span cookie, const char *filter,
                                const char *const *names, wb_ldap_dirsync *ret_sync);
void wb_ldap_dirsync_drop(wb_ldap_dirsync *sync);

/* directory_ldap_delta.c: tell what an answer of DirSync says has changed. `ret_moved` = a container was
 * renamed or moved: objects in it have other names now, and nothing says so. */

extern const char *const wb_ldap_delta_names[];
pwwb_status wb_ldap_delta_tell(wb_ldap *d, wb_ldap_changes *c, const wb_ldap_dirsync *sync,
                               int *ret_moved);

/* directory_ldap_changes.c */

/* Search below the base. */
pwwb_status wb_ldap_search_below(wb_ldap *d, const char *filter, const char *const *names, int limit,
                                 wb_ldap_reply *reply);

/* The table's method. */
pwwb_status wb_ldap_tell_changes(void *ctx, const uint8_t *mark, size_t mark_len,
                                 int64_t timeout_ms, pwwb_object_fn each, void *each_ctx,
                                 pwwb_pass *ret_pass, pwwb_error *err);

#endif /* WB_DIRECTORY_LDAP_CHANGES_H */
