/* SPDX-License-Identifier: Apache-2.0 */
/* parses: amqp/message.c amqp/octets.c */
/* A bare message of AMQP, from anybody who may write to a queue; and one of ours, made of the same
 * octets, which is read as what was written. */
#include "amqp/message.h"
#include "fuzz.h"

static void
read_again(const pwwb_message *message, const wb_amqp_envelope *envelope, size_t room)
{
    uint8_t          octets[PWWB_ENVELOPE_MAX + 1024];
    wb_amqp_writer   out = {.buf = octets, .size = room};
    wb_amqp_received got;

    if (wb_amqp_message_write(&out, message, envelope) != 0)
        return;
    FUZZ_CHECK(wb_amqp_message_read(octets, out.len, &got) == 0);
    FUZZ_CHECK(got.data.len == message->len);
    FUZZ_CHECK(memcmp(got.data.p, message->data, message->len) == 0);
    FUZZ_CHECK(memcmp(got.id, message->id, sizeof(got.id)) == 0);
    FUZZ_CHECK(!got.is_first_acquirer && got.delivery_count == 0);
}

static void
write_it(const uint8_t *data, size_t size)
{
    char             reply_to[600];
    pwwb_message     message  = {.size = sizeof(message), .data = data + 10, .len = size - 10};
    wb_amqp_envelope envelope = {.now_ms = (int64_t)data[0] << 40, .is_durable = data[1] & 1};

    if (message.len > PWWB_ENVELOPE_MAX)
        return;
    memset(reply_to, 'r', sizeof(reply_to));
    reply_to[data[2] * 2] = '\0';
    if (data[1] & 2)
        envelope.reply_to = reply_to;
    memcpy(&message.expires_ms, data + 2, 8);
    memset(message.id, data[9], sizeof(message.id));
    read_again(&message, &envelope, PWWB_ENVELOPE_MAX + 1024);
    read_again(&message, &envelope, message.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_amqp_received got;

    fuzz_begin();
    if (wb_amqp_message_read(data, size, &got) == 0) {
        FUZZ_CHECK(got.data.len > 0 && got.data.p > data);
        FUZZ_CHECK(got.data.p + got.data.len <= data + size);
    }
    if (size > 10)
        write_it(data, size);
    return 0;
}
