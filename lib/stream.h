/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_STREAM_H
#define WB_STREAM_H

#include <pwwb/stream.h>

/* Deadlines of streams, always on the system's clock: poll() waits on no other. */
int64_t wb_stream_deadline(int64_t timeout_ms);
int64_t wb_stream_left(int64_t deadline);

/* What a table answered to the same question as pwwb_stream_interest(), judged. Only a caller who
 * reads what it wants and no more, as TLS does, asks this: octets that are there are not told. */
pwwb_status wb_stream_interest(pwwb_stream *stream, pwwb_interest *ret_interest,
                               int64_t *ret_timeout_ms, pwwb_error *err);

#endif /* WB_STREAM_H */
