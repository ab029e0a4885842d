/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_STREAM_H
#define WB_STREAM_H

#include <pwwb/stream.h>

/* Deadlines of streams, always on the system's clock: poll() waits on no other. */
int64_t wb_stream_deadline(int64_t timeout_ms);
int64_t wb_stream_left(int64_t deadline);

#endif /* WB_STREAM_H */
