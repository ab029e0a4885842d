/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_STREAM_H
#define WB_STREAM_H

#include <pwwb/stream.h>

/* Deadlines of streams, always on the system's clock: poll() waits on no other. */
int64_t wb_stream_deadline(int64_t timeout_ms);
int64_t wb_stream_left(int64_t deadline);

/* One call of the table's write, its answer judged: at least one octet, or a status. */
pwwb_status wb_stream_write_some(pwwb_stream *stream, const uint8_t *data, size_t len,
                                 size_t *ret_len, int64_t timeout_ms, pwwb_error *err);

#endif /* WB_STREAM_H */
