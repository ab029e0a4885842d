/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_OPTIONS_H
#define WB_AMQP_OPTIONS_H

#include <pwwb/amqp.h>

#define WB_AMQP_NAME_MAX 64  /* octets of a portal's name */
#define WB_AMQP_TEXT_MAX 255 /* of any other text of the options */

/* Options as a handle keeps them: checked, defaults filled in, what they point to copied. */
typedef struct wb_amqp_options {
    pwwb_amqp_options of;
    pwwb_tls_options  tls;
    pwwb_clock_ops    clock;
    char              name[WB_AMQP_NAME_MAX + 1];
    char             *texts; /* all the copied ones, and the CA */
    uint8_t          *init;  /* locked: the SASL frame with the password */
    size_t            init_len;
    char             *proxy_secret; /* locked */
} wb_amqp_options;

/* On failure nothing is left to drop; what was dropped may be dropped again. */
pwwb_status wb_amqp_options_make(wb_amqp_options *options, const pwwb_amqp_options *theirs,
                                 pwwb_error *err);
void        wb_amqp_options_drop(wb_amqp_options *options);

/* Whether a portal may be called so: letters, digits, "-" and "_", so that no address can be made of
 * it, and none of the words that are addresses. */
int wb_amqp_is_name(const char *name);

int64_t wb_amqp_wall_ms(const wb_amqp_options *options);
int64_t wb_amqp_now_ms(const wb_amqp_options *options); /* monotonic, at least 1 */

#endif /* WB_AMQP_OPTIONS_H */
