/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_PREFLIGHT_H
#define PWWB_PREFLIGHT_H

/**
 * @file pwwb/preflight.h
 * @brief Which rights the service account lacks, why, and what grants them, before a user suffers.
 *
 * A preflight only reads: what the controller lists as writable, and who may do what by the security
 * descriptors of one account to be served and of the domain's head. It predicts. The directory decides:
 * it may know rules that no descriptor tells, and by then somebody may have changed one.
 *
 * What holds for one account holds for its neighbours as far as they inherit the same. So run it for
 * one account of each unit that is served, and for one that a person complains of. What it says of an
 * administrator's account is about rights alone: the library refuses to reset those, whatever they are.
 */

#include <pwwb/directory_ldap.h>

PWWB_BEGIN_DECLS

/** What is looked at, one item each. */
enum pwwb_preflight_check {
    PWWB_PREFLIGHT_RESET          = 1,  /**< Reset Password on the account */
    PWWB_PREFLIGHT_CHANGE         = 2,  /**< Change Password on the account, by the service account */
    PWWB_PREFLIGHT_CHANGE_SELF    = 3,  /**< the same by the account itself, which is what a
                                             controller of Windows asks for */
    PWWB_PREFLIGHT_LOCKOUT_TIME   = 4,  /**< write lockoutTime, to unlock */
    PWWB_PREFLIGHT_PWD_LAST_SET   = 5,  /**< write pwdLastSet, for "must change at next logon" */
    PWWB_PREFLIGHT_UNEXPIRE       = 6,  /**< Unexpire Password on the domain's head: else a new
                                             password is expired at once. Samba does not ask for it */
    PWWB_PREFLIGHT_PASSWORD_RULES = 7,  /**< read fine-grained password settings */
    PWWB_PREFLIGHT_GROUPS         = 8,  /**< read tokenGroups, which tell an administrator */
    PWWB_PREFLIGHT_HISTORY        = 9   /**< the controller enforces history on a reset */
};

/** Why the answer is as it is. */
enum pwwb_preflight_reason {
    PWWB_WHY_GRANTED         = 1,  /**< it is there */
    PWWB_WHY_ALLOWED         = 2,  /**< it is not there, and the options do without it */
    PWWB_WHY_NOT_GRANTED     = 3,  /**< no entry grants it */
    PWWB_WHY_DENIED          = 4,  /**< an entry on the object denies it */
    PWWB_WHY_DENIED_ABOVE    = 5,  /**< an entry that the object inherits denies it */
    PWWB_WHY_INHERITANCE_OFF = 6,  /**< no entry grants it, and what is granted above does not reach
                                        the object: it does not inherit */
    PWWB_WHY_PROTECTED       = 7,  /**< no entry grants it, and the controller keeps it so: the account
                                        is in an administrators' group (AdminSDHolder) */
    PWWB_WHY_WAS_PROTECTED   = 8,  /**< the same, but it is in no such group any more: adminCount and
                                        the descriptor are left from then */
    PWWB_WHY_UNREADABLE      = 9,  /**< what would tell may not be read */
    PWWB_WHY_UNCLEAR         = 10, /**< an entry with a condition decides, or the controller and the
                                        descriptor disagree */
    PWWB_WHY_NOT_SUPPORTED   = 11  /**< the controller cannot do it */
};

/** One thing that was looked at. */
typedef struct pwwb_preflight_item {
    size_t      size;            /**< sizeof(pwwb_preflight_item) where compiled */
    int32_t     check;           /**< one of enum pwwb_preflight_check */
    int32_t     answer;          /**< one of enum pwwb_answer: YES it is as it must be, NO it lacks,
                                      MAYBE it cannot be told */
    int32_t     reason;          /**< one of enum pwwb_preflight_reason */
    int32_t     reserved;        /**< 0 */
    const char *name;            /**< what it is, a few words of English */
    const char *text;            /**< the reason, a sentence of English */
    const char *object;          /**< DN of what the right is about, or the controller's name */
    const char *windows_command; /**< what grants it, for PowerShell with the tools of Active
                                      Directory; "" where no command helps or none is needed */
    const char *samba_command;   /**< the same for a shell on a Samba controller */
    /* 0.1 ends here. */
} pwwb_preflight_item;

/** What a preflight found. One thread at a time. */
typedef struct pwwb_preflight pwwb_preflight;

/**
 * Connect as the service account, and look.
 *
 * Commands name what the controller names: DNs with unusual characters as RFC 4514 hex pairs, so that
 * no shell takes them for its own. They grant rights on the unit that the account is in, to all users
 * of it; on the account itself only where it inherits nothing. Read them before you run them.
 *
 * @param options             the same as for pwwb_directory_new_ldap()
 * @param guid                an account to be served, 16 octets in the directory's order
 * @param timeout_ms          for all of it
 * @param[out] ret_preflight  owned by the caller, free with pwwb_preflight_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK            it was looked at, whatever was found
 * @retval PWWB_E_INVALID_ARGUMENT  as pwwb_directory_new_ldap(), or NULL
 * @retval PWWB_E_NOT_FOUND   there is no such account, or it may not be seen
 * @retval PWWB_E_NOT_SUPPORTED  OpenLDAP; built without libldap
 * @retval PWWB_E_CONNECT     and the other statuses of pwwb_directory_read(): nothing can be said
 * @retval PWWB_E_NO_MEMORY
 * @threads                   any
 * @since                     0.1
 * @source                    MS-ADTS 5.1.3 (rights), 3.1.1.4.5.22 (allowedAttributesEffective),
 *                            6.1.1.5 (AdminSDHolder)
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_preflight_run(const pwwb_ldap_options *options, const uint8_t guid[PWWB_ID_SIZE],
                               int64_t timeout_ms, pwwb_preflight **ret_preflight, pwwb_error *err);

/**
 * How many items there are: one for each enum pwwb_preflight_check, in their order.
 *
 * @param preflight  may be NULL, which has none
 * @return           a number
 * @threads          any
 * @since            0.1
 */
PWWB_API size_t pwwb_preflight_count(const pwwb_preflight *preflight);

/**
 * One item.
 *
 * @param preflight      the preflight
 * @param index          from 0
 * @param[out] ret_item  size set by the caller; its texts live as long as the preflight
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  no such item
 * @retval PWWB_E_ABI               the size does not fit this library
 * @threads              any
 * @since                0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_preflight_get(const pwwb_preflight *preflight, size_t index,
                               pwwb_preflight_item *ret_item);

/**
 * Free it.
 *
 * @param preflight  may be NULL
 * @since            0.1
 */
PWWB_API void pwwb_preflight_free(pwwb_preflight *preflight);

PWWB_END_DECLS

#endif /* PWWB_PREFLIGHT_H */
