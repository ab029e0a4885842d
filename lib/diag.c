/* SPDX-License-Identifier: Apache-2.0 */
#include "diag.h"

#include <pwwb/result.h>
#include <stddef.h>
#include <string.h>

#define ANY  (-2)
#define NONE (-1) /* the message begins with no number */

/* One row: the first that fits decides. Sources: MS-ADTS 3.1.1.3.1.5 and 3.1.1.5.3.2, MS-ADCAP
 * 3.3.4.1.8 and 3.3.4.5.8, MS-ERREF 2.2, RFC 4511 appendix A, replies of Samba 4.17 and 4.25. */
typedef struct row {
    int     operation;
    int     ldap;
    int64_t code;
    int32_t result;
} row;

static const row rows[] = {
    /* A bind hides its reason in the text, behind "data ". */
    {WB_DIAG_BIND, 49, 0x530, PWWB_CODE_AUTH_RESTRICTED},
    {WB_DIAG_BIND, 49, 0x531, PWWB_CODE_AUTH_RESTRICTED},
    {WB_DIAG_BIND, 49, 0x532, PWWB_CODE_EXPIRED},
    {WB_DIAG_BIND, 49, 0x533, PWWB_CODE_DISABLED},
    {WB_DIAG_BIND, 49, 0x568, PWWB_CODE_CONFIGURATION},
    {WB_DIAG_BIND, 49, 0x701, PWWB_CODE_ACCOUNT_EXPIRED},
    {WB_DIAG_BIND, 49, 0x773, PWWB_CODE_MUST_CHANGE},
    {WB_DIAG_BIND, 49, 0x775, PWWB_CODE_LOCKED},
    {WB_DIAG_BIND, 49, ANY, PWWB_CODE_OLD_PASSWORD_WRONG}, /* 52e, 525 and others */
    {WB_DIAG_BIND, 8, ANY, PWWB_CODE_INSECURE_CHANNEL},

    /* Codes that mean one thing whatever stands beside them. */
    {ANY, 19, 0x56, PWWB_CODE_OLD_PASSWORD_WRONG},  /* ERROR_INVALID_PASSWORD */
    {ANY, 19, 0x56A, PWWB_CODE_OLD_PASSWORD_WRONG}, /* over-long and wrong, Windows 2008 */
    {ANY, 19, 0x52B, PWWB_CODE_OLD_PASSWORD_WRONG}, /* ERROR_WRONG_PASSWORD */
    {ANY, 19, 0x775, PWWB_CODE_LOCKED},
    {ANY, 53, 0x775, PWWB_CODE_LOCKED},
    {ANY, 19, 0x52D, PWWB_CODE_POLICY_OTHER}, /* ERROR_PASSWORD_RESTRICTION hides six causes */
    {ANY, 53, 0x52D, PWWB_CODE_POLICY_OTHER},
    {ANY, 19, 0x52C, PWWB_CODE_POLICY_OTHER}, /* ERROR_ILL_FORMED_PASSWORD */
    {ANY, 53, 0x52C, PWWB_CODE_POLICY_OTHER},
    {ANY, 19, 0x267, PWWB_CODE_POLICY_TOO_SHORT}, /* ERROR_PWD_TOO_SHORT */
    {ANY, 53, 0x267, PWWB_CODE_POLICY_TOO_SHORT},
    {ANY, 19, 0x268, PWWB_CODE_POLICY_TOO_YOUNG}, /* ERROR_PWD_TOO_RECENT */
    {ANY, 53, 0x268, PWWB_CODE_POLICY_TOO_YOUNG},
    {ANY, 19, 0x269, PWWB_CODE_POLICY_HISTORY}, /* ERROR_PWD_HISTORY_CONFLICT */
    {ANY, 53, 0x269, PWWB_CODE_POLICY_HISTORY},
    {ANY, 53, 0x1F, PWWB_CODE_INSECURE_CHANNEL},
    {ANY, 53, 0x2077, PWWB_CODE_INSECURE_CHANNEL},
    {ANY, 1, 0x2077, PWWB_CODE_INSECURE_CHANNEL}, /* AD LDS */
    {ANY, 1, 0x4DC, PWWB_CODE_INTERNAL},          /* ERROR_NOT_AUTHENTICATED */
    {ANY, 19, 0x216C, PWWB_CODE_INTERNAL},        /* ERROR_DS_UNICODEPWD_NOT_IN_QUOTES */
    {ANY, 53, 0x216C, PWWB_CODE_INTERNAL},
    {ANY, 53, 0x2035, PWWB_CODE_INTERNAL}, /* not a form of password operation: Samba */
    {ANY, 19, 0x57, PWWB_CODE_INTERNAL},   /* ERROR_INVALID_PARAMETER */
    {ANY, 80, 0x57, PWWB_CODE_INTERNAL},

    /* A change without the right to it is 19, not 50, with a code that no document pins down. */
    {WB_DIAG_CHANGE, 19, ANY, PWWB_CODE_USER_CANNOT_CHANGE},
    {WB_DIAG_RESET, 19, ANY, PWWB_CODE_POLICY_OTHER},
    {WB_DIAG_RESET, 12, ANY, PWWB_CODE_HISTORY_NOT_ENFORCEABLE}, /* our critical control */

    /* The LDAP result alone. */
    {ANY, 1, ANY, PWWB_CODE_UNREACHABLE},
    {ANY, 2, ANY, PWWB_CODE_INTERNAL},
    {ANY, 3, ANY, PWWB_CODE_UNREACHABLE},
    {ANY, 8, ANY, PWWB_CODE_STRONG_AUTH_REQUIRED},
    {ANY, 10, ANY, PWWB_CODE_REFERRAL},
    {ANY, 11, ANY, PWWB_CODE_UNREACHABLE},
    {ANY, 13, ANY, PWWB_CODE_INSECURE_CHANNEL},
    {ANY, 19, ANY, PWWB_CODE_INTERNAL},
    {ANY, 21, ANY, PWWB_CODE_INTERNAL},
    {ANY, 32, ANY, PWWB_CODE_NOT_FOUND},
    {ANY, 34, ANY, PWWB_CODE_INTERNAL},
    {ANY, 50, ANY, PWWB_CODE_PERMISSION},
    {ANY, 51, ANY, PWWB_CODE_UNREACHABLE},
    {ANY, 52, ANY, PWWB_CODE_UNREACHABLE},
    {ANY, ANY, ANY, PWWB_CODE_CONFIGURATION},
};

static int
hex_digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *found  = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? (int)((found - digits) % 16) : -1;
}

static int
is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* A hexadecimal number of at least `least` and at most eight digits that ends there. */
static int64_t
read_hex(const char *text, int least)
{
    int64_t value = 0;
    int     i;

    for (i = 0; i < 8 && hex_digit(text[i]) >= 0; i++)
        value = value << 4 | hex_digit(text[i]);
    return i < least || is_word(text[i]) ? NONE : value;
}

int64_t
wb_diag_code(const char *message, int is_bind)
{
    int64_t     head;
    const char *data;

    if (message == NULL)
        return NONE;

    head = read_hex(message, 8);
    if (!is_bind || head == NONE)
        return is_bind ? NONE : head;

    data = strstr(message, ", data ");
    return data != NULL ? read_hex(data + strlen(", data "), 1) : NONE;
}

static int
fits(int64_t wanted, int64_t value)
{
    return wanted == ANY || wanted == value;
}

int32_t
wb_diag_result(int operation, int ldap_result, const char *message)
{
    int64_t    code = wb_diag_code(message, operation == WB_DIAG_BIND);
    const row *r    = rows;

    if (ldap_result == 0)
        return PWWB_CODE_OK;
    if (ldap_result < 0) /* libldap's own: the server's answer is not known */
        return PWWB_CODE_OUTCOME_UNKNOWN;

    while (!fits(r->operation, operation) || !fits(r->ldap, ldap_result) || !fits(r->code, code))
        r++; /* the last row fits everything */
    return r->result;
}

/* draft-behera-ldap-password-policy 6.2 and 9; replies of slapd 2.5 and 389 Directory Server 2.3. In
 * `code` stands the control's error. */
static const row ppolicy_rows[] = {
    {ANY, ANY, 5, PWWB_CODE_POLICY_OTHER}, /* insufficientPasswordQuality: a module's rules */
    {ANY, ANY, 6, PWWB_CODE_POLICY_TOO_SHORT},
    {ANY, ANY, 7, PWWB_CODE_POLICY_TOO_YOUNG},
    {ANY, ANY, 8, PWWB_CODE_POLICY_HISTORY},
    {ANY, ANY, 9, PWWB_CODE_POLICY_TOO_LONG},
    {WB_DIAG_CHANGE, ANY, 4, PWWB_CODE_OLD_PASSWORD_WRONG}, /* mustSupplyOldPassword */
    {WB_DIAG_CHANGE, ANY, 3, PWWB_CODE_USER_CANNOT_CHANGE}, /* passwordModNotAllowed */
    {ANY, ANY, 4, PWWB_CODE_PERMISSION}, /* the policy lets nobody set without the old one */
    {ANY, ANY, 3, PWWB_CODE_PERMISSION},
    {ANY, ANY, 2, PWWB_CODE_CONFIGURATION}, /* of who is bound: changeAfterReset, */
    {ANY, ANY, 1, PWWB_CODE_CONFIGURATION}, /* accountLocked, */
    {ANY, ANY, 0, PWWB_CODE_CONFIGURATION}, /* passwordExpired */

    {WB_DIAG_CHANGE, 49, ANY, PWWB_CODE_OLD_PASSWORD_WRONG},
    {WB_DIAG_CHANGE, 53, ANY, PWWB_CODE_OLD_PASSWORD_WRONG}, /* or may not be verified */
    {WB_DIAG_CHANGE, 19, ANY, PWWB_CODE_POLICY_OTHER},
    {WB_DIAG_RESET, 19, ANY, PWWB_CODE_POLICY_OTHER},
    {ANY, ANY, ANY, 0}, /* the LDAP result alone */
};

int32_t
wb_diag_ppolicy(int operation, int ldap_result, int error)
{
    const row *r = ppolicy_rows;

    if (ldap_result <= 0)
        return wb_diag_result(operation, ldap_result, NULL);

    while (!fits(r->operation, operation) || !fits(r->ldap, ldap_result) || !fits(r->code, error))
        r++;
    return r->result != 0 ? r->result : wb_diag_result(WB_DIAG_OTHER, ldap_result, NULL);
}

int32_t
wb_diag_detail(const char *message)
{
    static const struct {
        const char *text;
        int32_t     code;
    } details[] = {
        {"the password is too short", PWWB_CODE_POLICY_TOO_SHORT},
        {"the password does not meet the complexity criteria", PWWB_CODE_POLICY_COMPLEXITY},
        {"the password was already used", PWWB_CODE_POLICY_HISTORY},
        {"password is too young to change", PWWB_CODE_POLICY_TOO_YOUNG},
    };
    const char *text;
    size_t      i;

    if (wb_diag_code(message, 0) != 0x52D)
        return 0;
    text = strstr(message, " - check_password_restrictions: ");
    if (text == NULL)
        return 0;

    text += strlen(" - check_password_restrictions: ");
    for (i = 0; i < sizeof(details) / sizeof(details[0]); i++)
        if (strncmp(text, details[i].text, strlen(details[i].text)) == 0)
            return details[i].code;
    return 0;
}
