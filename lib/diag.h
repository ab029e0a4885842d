/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DIAG_H
#define WB_DIAG_H

/* From what a directory answered to one of our codes: decided on operation, LDAP result and the
 * leading eight hexadecimal digits of the diagnostic message ([MS-ADTS] 3.1.1.3.1.9), never on
 * the text alone. */

#include <stdint.h>

/* What was asked when the answer came. */
enum wb_diag_operation {
    WB_DIAG_BIND   = 1,
    WB_DIAG_RESET  = 2,
    WB_DIAG_CHANGE = 3,
    WB_DIAG_OTHER  = 4 /* unlock, must-change, search */
};

/* The Win32 code at the head of the message, or for a bind the number after "data "; -1 none. */
int64_t wb_diag_code(const char *message, int is_bind);

/* One of enum pwwb_code. PWWB_CODE_OK for LDAP result 0. */
int32_t wb_diag_result(int operation, int ldap_result, const char *message);

/* The same for OpenLDAP, by the number in the password policy control's answer, which is what
 * the text says too (draft-behera-ldap-password-policy 6.2). */
#define WB_DIAG_NO_ERROR (-1)
int32_t wb_diag_ppolicy(int operation, int ldap_result, int error);

/* What Samba's text adds to a policy refusal: a POLICY_* code, else 0. Stated detail only. */
int32_t wb_diag_detail(const char *message);

#endif /* WB_DIAG_H */
