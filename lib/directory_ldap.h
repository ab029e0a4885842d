/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DIRECTORY_LDAP_H
#define WB_DIRECTORY_LDAP_H

/* The only door to libldap. It is a codec here and no more: the octets go over our own stream
 * under one deadline, and no password is ever given to it. */

#include <ldap.h>

#include <pwwb/directory_ldap.h>

#include "clock.h"
#include "resolver.h"
#include "sd.h"
#include "span.h"

#define WB_LDAP_DN_SIZE     512
#define WB_LDAP_STRING_MAX  1024      /* octets of an option's string */
#define WB_LDAP_ANSWER_MAX  (1 << 18) /* octets one call may read, but `changes`; tokenGroups is the longest */
#define WB_LDAP_WIRE_SIZE   4096      /* a request with a secret; the longest is a bind */
#define WB_LDAP_QUOTED_SIZE (2 * (PWWB_PASSWORD_MAX_UNITS + 2))

/* What is secret, in locked memory. */
typedef struct wb_ldap_secrets {
    uint8_t bind[PWWB_PASSWORD_MAX];
    uint8_t value[2][WB_LDAP_QUOTED_SIZE]; /* of unicodePwd: the new one, the old one */
    uint8_t wire[WB_LDAP_WIRE_SIZE];
} wb_ldap_secrets;

/* A message that is being read: octets that were looked at and not yet passed on, and how many
 * follow them. */
typedef struct wb_ldap_frame {
    uint8_t head[24];
    size_t  head_len;
    size_t  passed;
    size_t  rest;
} wb_ldap_frame;

#define WB_LDAP_NAMED_MAX 17 /* host and others */

/* A controller that may be used. */
typedef struct wb_ldap_controller {
    char     host[256];    /* "" = none */
    int32_t  port;
    uint32_t round;        /* the last one in which it was tried */
    int64_t  behind_until; /* it failed: until then, monotonic, others come first */
} wb_ldap_controller;

/* All that are known. A round is one call's way from one to the next. */
typedef struct wb_ldap_list {
    wb_ldap_controller all[WB_LDAP_NAMED_MAX + 1 + PWWB_RESOLVER_MAX];
    size_t             named;       /* the options' come first; then the PDC emulator's place */
    size_t             count;       /* and what DNS told in this round */
    uint32_t           round;
    int                asked;       /* what DNS was asked for in this round, as bits */
    int64_t            dns_behind_until;
} wb_ldap_list;

typedef struct wb_ldap {
    /* as the options say */
    wb_clock         clock;
    char            *address;    /* of the first that is named; NULL = its name */
    char            *dns_domain; /* NULL = DNS is asked for nothing */
    pwwb_resolver   *resolver;   /* NULL = the system's, which knows addresses alone */
    int              owns_resolver;
    int32_t          server; /* one of enum pwwb_ldap_server */
    int32_t          any_port; /* of controllers whose port nobody told */
    char            *bind_dn;
    char            *base_dn; /* NULL = the domain */
    char            *policy_dn; /* OpenLDAP's default policy; NULL = not known */
    char            *ca_file;
    uint8_t         *ca;
    size_t           ca_len;
    int32_t          security;
    uint32_t         flags;
    pwwb_connect_fn  connect;
    void            *connect_ctx;
    wb_ldap_secrets *secrets;
    size_t           bind_len;

    wb_ldap_list list;
    char         host[256]; /* the one in use, or tried */
    int32_t      port;
    int          is_first; /* of those that are named */

    /* the connection, kept from call to call; NULL = none */
    LDAP         *ld;
    pwwb_stream  *stream;
    wb_ldap_frame frame;

    /* what its root entry says */
    char        domain[WB_LDAP_DN_SIZE];
    char        controller[260];
    const char *hints;      /* the policy hints control it knows; NULL = none */
    int         has_ppolicy; /* it knows the password policy control */
    int64_t     server_ms;  /* its time when it was asked; -1 = not known */
    int64_t     asked_at;   /* ours then, monotonic */
    int         is_read_only;

    /* the call under way */
    pwwb_error *err;
    int64_t     end;         /* the call's deadline */
    int64_t     deadline;    /* of what is under way: this controller's share of it */
    int         is_barred;   /* the account was refused, which others would count as well */
    size_t      most;        /* octets it may read of one controller */
    size_t      budget;      /* of them, those that may still be read */
    pwwb_status broken;      /* why the stream failed, or PWWB_OK */
    int         sent;        /* something was handed to the stream since this was cleared */
    wb_span     stand_in[2]; /* what to put in place of stand-ins in the next request */
} wb_ldap;

/* The table's methods; `ctx` is a wb_ldap. For OpenLDAP: directory_ldap_ol.h. */
pwwb_status wb_ldap_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms,
                         pwwb_found *ret_found, pwwb_error *err);
pwwb_status wb_ldap_read(void *ctx, const uint8_t *guid, int64_t timeout_ms,
                         pwwb_account *ret_account, pwwb_policy_rules *ret_rules, pwwb_error *err);
pwwb_status wb_ldap_set(void *ctx, const pwwb_set *set, int64_t timeout_ms,
                        pwwb_set_result *ret_result, pwwb_error *err);
pwwb_status wb_ldap_summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules,
                            pwwb_error *err);

/* directory_ldap_io.c: libldap's octets over the stream. */

/* Make libldap's handle, deaf to ldap.conf and the environment. */
pwwb_status wb_ldap_attach(wb_ldap *d);

/* Fill `buf` with what stands for secret `which`, 0 or 1, in the next request; then forget it. */
void wb_ldap_stand_in(wb_ldap *d, int which, wb_span secret, uint8_t *buf);
void wb_ldap_forget_secrets(wb_ldap *d);

/* directory_ldap_pick.c: which controller is next. */

void wb_ldap_list_make(wb_ldap *d, const pwwb_ldap_options *o);

/* Whether others than the one that is named may be used, and the PDC emulator is looked for. */
int wb_ldap_looks_further(const wb_ldap *d);

/* None is tried any more, but the one that a connection is kept to. */
void wb_ldap_round_begin(wb_ldap *d);
/* Point host and port to the next one; PWWB_E_CONNECT when none is left, or why DNS told none. */
pwwb_status wb_ldap_pick_next(wb_ldap *d);
/* The same to the PDC emulator; PWWB_E_NOT_FOUND when that is this one, or not known. */
pwwb_status wb_ldap_pick_pdc(wb_ldap *d);
/* Whether there is one more to try. */
int wb_ldap_has_next(const wb_ldap *d);

/* What was learnt about the one in use: it failed; it serves; and who the PDC emulator is. */
void wb_ldap_put_behind(wb_ldap *d);
void wb_ldap_put_ahead(wb_ldap *d);
void wb_ldap_pdc_is(wb_ldap *d, const char *host);

/* directory_ldap_conn.c: one connection. */

/* Connect, protect, bind and look around, unless that is done. */
pwwb_status wb_ldap_ready(wb_ldap *d);
void        wb_ldap_drop(wb_ldap *d);

/* directory_ldap_round.c: one call, from controller to controller. */

void wb_ldap_begin(wb_ldap *d, int64_t timeout_ms, pwwb_error *err);

/* This controller's share of the time that is left, for what is done next. */
void wb_ldap_take_share(wb_ldap *d);

/* Do what only reads, on a connection that is bound; once more when a kept one proves dead, and on
 * the next controller when one fails. */
typedef pwwb_status (*wb_ldap_step)(wb_ldap *d, void *arg);
pwwb_status wb_ldap_reading(wb_ldap *d, wb_ldap_step step, void *arg);

/* This controller refers to another one: 1 when a connection to the PDC emulator, which is
 * another one, was made in place of it. */
int wb_ldap_go_to_pdc(wb_ldap *d);

/* directory_ldap_root.c: read the root entry, right after the bind: which domain, which controller, what
 * time it is there, what it can do. */
pwwb_status wb_ldap_look_around(wb_ldap *d);

/* directory_ldap_ask.c: one question and its answer. */

/* Read at most buf_size octets of one message, whose envelope is checked before libldap sees an
 * octet of it. */
pwwb_status wb_ldap_read_framed(wb_ldap *d, uint8_t *buf, size_t buf_size, size_t *ret_len);

typedef struct wb_ldap_reply {
    LDAPMessage *messages; /* free with wb_ldap_reply_drop() */
    int          code;     /* LDAP result code */
    char         text[512];
} wb_ldap_reply;

/* Wait for the answer of `type` to what libldap returned `rc` and `id` for. Any status but PWWB_OK
 * has dropped the connection. */
pwwb_status wb_ldap_wait(wb_ldap *d, int rc, int id, int type, wb_ldap_reply *reply);
void        wb_ldap_reply_drop(wb_ldap_reply *reply);

/* Search for entries; a size limit that is hit is no failure. PWWB_E_NOT_FOUND when the base is
 * not there, PWWB_E_DIRECTORY for other results but success. */
typedef struct wb_ldap_query {
    const char        *base;
    int                scope;
    const char        *filter;
    const char *const *names; /* attributes, NULL at the end */
    int                limit; /* entries */
    LDAPControl       *control; /* or NULL */
    int                seconds; /* the server's limit; 0 = its own */
} wb_ldap_query;
pwwb_status wb_ldap_search(wb_ldap *d, const wb_ldap_query *query, wb_ldap_reply *reply);

/* directory_ldap_entry.c: what stands in an entry. */

#define WB_LDAP_NAMES_MAX 24

typedef struct wb_ldap_entry {
    const char *const *names;
    struct berval      dn;
    struct berval     *values[WB_LDAP_NAMES_MAX]; /* by place in names; NULL = absent */
    const char        *bad;                       /* the first attribute with a malformed value */
} wb_ldap_entry;

/* Take an entry apart; its values live as long as the message. Free with wb_ldap_entry_drop(). */
pwwb_status wb_ldap_entry_make(wb_ldap *d, LDAPMessage *message, const char *const *names,
                               wb_ldap_entry *entry);
void        wb_ldap_entry_drop(wb_ldap_entry *entry);

/* Search at the base for the one entry. PWWB_E_NOT_FOUND also when it may not be seen. */
pwwb_status wb_ldap_entry_find(wb_ldap *d, const char *base, const char *const *names,
                               wb_ldap_reply *reply, wb_ldap_entry *entry);

/* The same, where nTSecurityDescriptor is one of the names: of it, only who may do what. */
pwwb_status wb_ldap_entry_find_with_acl(wb_ldap *d, const char *base, const char *const *names,
                                        wb_ldap_reply *reply, wb_ldap_entry *entry);

/* A decimal number in range; `otherwise` when it is absent or, which is remembered, malformed. */
int64_t wb_ldap_number(wb_ldap_entry *entry, int at, int64_t least, int64_t most,
                       int64_t otherwise);
/* FILETIME as milliseconds since 1970; 0 stays 0; -1 when absent. */
int64_t wb_ldap_filetime(wb_ldap_entry *entry, int at);
/* Text that fits and is UTF-8; else "". */
void wb_ldap_text(const wb_ldap_entry *entry, int at, char *buf, size_t buf_size);
/* Its name; "" when it does not fit, or is not UTF-8. */
void wb_ldap_dn(const wb_ldap_entry *entry, char *buf, size_t buf_size);
int  wb_ldap_has_value(const wb_ldap_entry *entry, int at, const char *value);
/* GeneralizedTime as milliseconds since 1970; -1 when it is none. */
int64_t wb_ldap_time(const wb_ldap_entry *entry, int at);
/* PWWB_E_DIRECTORY when a value was malformed. */
pwwb_status wb_ldap_entry_check(wb_ldap *d, const wb_ldap_entry *entry);

/* directory_ldap_sid.c: what a security identifier says. */

/* The account's number within its domain; 0 when it is not of a domain. */
uint32_t wb_ldap_sid_rid(const wb_sid *sid);
/* Whether it is a group whose members AdminSDHolder keeps. MS-ADTS 3.1.1.6.1.2 */
int wb_ldap_sid_protects(const wb_sid *sid);
int wb_ldap_rid_protects(uint32_t rid);

/* directory_ldap_account.c: who is behind a GUID. */

#define WB_LDAP_GUID_DN_SIZE 44 /* <GUID=...> and a NUL */
void wb_ldap_guid_dn(const uint8_t guid[PWWB_ID_SIZE], char dn[WB_LDAP_GUID_DN_SIZE]);

/* What a write must know of its target. A step for wb_ldap_reading(). */
typedef struct wb_ldap_target {
    const uint8_t *guid;
    int32_t        kind; /* one of enum pwwb_account_kind */
    uint32_t       user_account_control;
} wb_ldap_target;
pwwb_status wb_ldap_read_target(wb_ldap *d, void *target);

/* The controller's time now: what it said, and what passed here since; -1 = not known. */
int64_t wb_ldap_time_there(const wb_ldap *d);

/* Account and rules. A step, too. */
typedef struct wb_ldap_person {
    const uint8_t     *guid;
    pwwb_account      *account;
    pwwb_policy_rules *rules;
} wb_ldap_person;
pwwb_status wb_ldap_read_person(wb_ldap *d, void *person);

/* directory_ldap_acl.c: whether the account may change its own password, enum pwwb_answer, by the
 * security descriptor and the groups at these places. One that cannot be read answers MAYBE. */
int32_t wb_ldap_may_change(const wb_ldap_entry *entry, int acl, int groups, const wb_sid *own);

/* directory_ldap_stamp.c: when the password was written, by the controller's own record of writes;
 * full seconds as milliseconds since 1970, 0 when that cannot be read. */
pwwb_status wb_ldap_read_stamp(wb_ldap *d, const uint8_t guid[PWWB_ID_SIZE], int64_t *ret_ms);

/* directory_ldap_rules.c: of a password settings object, or of the domain when `pso` is "". */
pwwb_status wb_ldap_read_rules(wb_ldap *d, const char *pso, pwwb_policy_rules *rules);
/* Weaken rules by every settings object in the container; by one that may not be read, to not known.
 * PWWB_E_NOT_FOUND when the container may not be seen, or holds too many. */
pwwb_status wb_ldap_weaken_by_all(wb_ldap *d, const char *container, pwwb_policy_rules *rules);

/* directory_ldap_find.c: as the value in a filter, each octet as \xx: RFC 4515 3. */
#define WB_LDAP_ESCAPED_SIZE (3 * PWWB_ID_SIZE + 1)
void wb_ldap_escape(const uint8_t guid[PWWB_ID_SIZE], char out[WB_LDAP_ESCAPED_SIZE]);

/* directory_ldap_set.c: nothing was sent. Says so by a code, or by a status that promises it (see
 * pwwb_directory_ops). */
pwwb_status wb_ldap_not_sent(wb_ldap *d, pwwb_set_result *result, pwwb_status st);
/* Add a warning; the first is the code. */
void wb_ldap_warn(pwwb_set_result *result, int32_t code);

/* directory_ldap_modify.c: one modify. */

/* What one modify may write, as bits. */
enum { WB_LDAP_PASSWORD = 1, WB_LDAP_LOCK = 2, WB_LDAP_MUST_CHANGE = 4 };

/* Write these parts of a request and wait. `d->sent` says whether anything went out. Wipes the
 * passwords' values; the reply has only code and text. */
pwwb_status wb_ldap_write(wb_ldap *d, const pwwb_set *set, int parts, wb_ldap_reply *reply);

#endif /* WB_DIRECTORY_LDAP_H */
