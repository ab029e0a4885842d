/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_IMPORT_H
#define WB_AMQP_IMPORT_H

#include <pwwb/error.h>

/* Through the field that is named. */
#define WB_AMQP_SIZE_UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

/* Structs that begin with their size, in and out, by the rules of pwwb/transport.h. PWWB_OK, or
 * PWWB_E_ABI: shorter than `least`, or longer and not zero there. */
pwwb_status wb_amqp_import(void *ours, size_t ours_size, size_t least, const void *theirs);
pwwb_status wb_amqp_export(void *theirs, size_t least, const void *ours, size_t ours_size);

#endif /* WB_AMQP_IMPORT_H */
