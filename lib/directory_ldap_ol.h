/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DIRECTORY_LDAP_OL_H
#define WB_DIRECTORY_LDAP_OL_H

/* What is different on OpenLDAP: entries are found by entryUUID, passwords are set by RFC 3062, and
 * what the ppolicy overlay says comes in its control (draft-behera-ldap-password-policy). */

#include "directory_ldap.h"

#define WB_OL_DN_SIZE   1024
#define WB_OL_UUID_SIZE 37

/* The table's methods; `ctx` is a wb_ldap. */
pwwb_status wb_ol_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms,
                       pwwb_found *ret_found, pwwb_error *err);
pwwb_status wb_ol_read(void *ctx, const uint8_t *guid, int64_t timeout_ms,
                       pwwb_account *ret_account, pwwb_policy_rules *ret_rules, pwwb_error *err);
pwwb_status wb_ol_set(void *ctx, const pwwb_set *set, int64_t timeout_ms,
                      pwwb_set_result *ret_result, pwwb_error *err);
pwwb_status wb_ol_summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules,
                          pwwb_error *err);

/* directory_ldap_ol_root.c: read the root entry, right after the bind. */
pwwb_status wb_ol_look_around(wb_ldap *d);

/* directory_ldap_ol_find.c */

/* 16 octets in the order of the text: RFC 4530. */
void wb_ol_uuid_print(const uint8_t guid[PWWB_ID_SIZE], char text[WB_OL_UUID_SIZE]);

/* Where accounts are looked up. */
const char *wb_ol_base(const wb_ldap *d);

/* The one entry with this entryUUID, wherever it is by now. PWWB_E_NOT_FOUND when there is none. */
pwwb_status wb_ol_entry_find(wb_ldap *d, const uint8_t *guid, const char *const *names,
                             char dn[WB_OL_DN_SIZE], wb_ldap_reply *reply, wb_ldap_entry *entry);

/* directory_ldap_ol_account.c: an account, and when wanted the rules for it. A step for
 * wb_ldap_reading(). */
typedef struct wb_ol_person {
    const uint8_t    *guid;
    int               wants_rules;
    char              dn[WB_OL_DN_SIZE];
    pwwb_account      account;
    pwwb_policy_rules rules;
    int32_t           heeds_reset; /* enum pwwb_answer: whether pwdReset makes the person change */
} wb_ol_person;
pwwb_status wb_ol_read_person(wb_ldap *d, void *person);

/* A GeneralizedTime that counts whole seconds, as the last millisecond of its second: what was
 * issued within that second is not later. -1 when it is none. */
int64_t wb_ol_time(const wb_ldap_entry *entry, int at);

/* directory_ldap_ol_rules.c: of this entry, into rules, account.may_change and heeds_reset. */
pwwb_status wb_ol_read_rules(wb_ldap *d, const char *policy_dn, wb_ol_person *person);

/* directory_ldap_ol_write.c: one request that writes, and its answer. */

typedef struct wb_ol_answer {
    int code;     /* LDAP result code */
    int error;    /* the ppolicy control's, or WB_DIAG_NO_ERROR */
    int says_old; /* its text is slapd's for an old password that cannot be verified */
} wb_ol_answer;

/* Set the password by RFC 3062. `d->sent` says whether anything went out. */
pwwb_status wb_ol_write_password(wb_ldap *d, const pwwb_set *set, const char *dn,
                                 wb_ol_answer *answer);

/* Take an attribute away, which may be gone already, or with a value set it to that. */
pwwb_status wb_ol_write_state(wb_ldap *d, const char *dn, const char *name, const char *value,
                              wb_ol_answer *answer);

/* Whether userPassword may be compared, which comes before writing it: enum pwwb_answer. */
int32_t wb_ol_may_compare(wb_ldap *d, const char *dn);

#endif /* WB_DIRECTORY_LDAP_OL_H */
