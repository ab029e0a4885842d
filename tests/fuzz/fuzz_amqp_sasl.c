/* SPDX-License-Identifier: Apache-2.0 */
/* parses: amqp/sasl.c */
/* What a broker says before it has taken the password, in pieces of a size that the input tells. It
 * gets the password only after it has offered to take one. */
#include "amqp/sasl.h"
#include "fuzz.h"

static size_t
make_frame(const uint8_t *data, size_t size, uint8_t frame[WB_AMQP_SASL_FRAME_MAX])
{
    wb_amqp_writer out  = {.buf = frame, .size = WB_AMQP_SASL_FRAME_MAX};
    char           host[260];
    size_t         len = size < 256 ? size : 256;

    memset(host, 'h', sizeof(host));
    host[data[0]] = '\0';
    if (wb_amqp_sasl_frame(&out, "user", data, len, data[0] > 0 ? host : NULL) != 0)
        return 0;
    FUZZ_CHECK(out.len <= WB_AMQP_SASL_FRAME_MAX);
    FUZZ_CHECK(frame[2] == out.len >> 8 && frame[3] == (out.len & 0xff));
    return out.len;
}

static void
run(const uint8_t *data, size_t size, size_t step, const uint8_t *frame, size_t frame_len)
{
    static wb_amqp_sasl sasl;
    const char         *why     = NULL;
    pwwb_status         st      = PWWB_OK;
    int                 is_sent = 0;
    size_t              taken   = 0;

    wb_amqp_sasl_begin(&sasl, frame, frame_len);
    FUZZ_CHECK(sasl.out.len == 8);
    while (size > 0 && st == PWWB_OK && !sasl.is_done) {
        size_t some = step < size ? step : size;

        st = wb_amqp_sasl_in(&sasl, data, some, &taken, &why);
        FUZZ_CHECK(taken <= some && (taken == some || st != PWWB_OK || sasl.is_done));
        is_sent |= sasl.out.p == frame;
        data += taken;
        size -= taken;
    }
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_AUTH || st == PWWB_E_CONNECT);
    FUZZ_CHECK(st == PWWB_OK || why != NULL);
    FUZZ_CHECK(!sasl.is_done || is_sent);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t frame[WB_AMQP_SASL_FRAME_MAX];
    size_t  len;

    fuzz_begin();
    if (size < 1)
        return 0;

    len = make_frame(data, size, frame);
    run(data + 1, size - 1, (size_t)data[0] + 1, frame, len);
    return 0;
}
