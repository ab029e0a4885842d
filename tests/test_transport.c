/* SPDX-License-Identifier: Apache-2.0 */
#include "transport.h"

#include <stdlib.h>

#include "fake_transport.h"
#include "faults.h"
#include "harness.h"

/* The guards. The relay is in test_transport_local.c. */

static void
a_table_without_a_required_method_is_refused(void)
{
    struct fake_table  fake = {0};
    pwwb_transport_ops ops  = fake_ops;
    pwwb_transport    *transport;

    ops.send = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new(&ops, &fake, &transport, NULL));
    CHECK(transport == NULL);
    ops         = fake_ops;
    ops.receive = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new(&ops, &fake, &transport, NULL));
    ops        = fake_ops;
    ops.settle = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new(&ops, &fake, &transport, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new(NULL, &fake, &transport, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new(&fake_ops, &fake, NULL, NULL));
    CHECK_INT(0, fake.destroyed);
}

static void
a_longer_table_is_refused_once_the_unknown_part_is_set(void)
{
    struct {
        pwwb_transport_ops ops;
        void              *unknown;
    } longer               = {.ops = fake_ops};
    struct fake_table fake = {0};
    pwwb_transport   *transport;

    longer.ops.size = sizeof(longer);
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&longer.ops, &fake, &transport, NULL));
    pwwb_transport_free(transport);
    longer.unknown = &fake;
    CHECK_STATUS(PWWB_E_ABI, pwwb_transport_new(&longer.ops, &fake, &transport, NULL));
    CHECK(transport == NULL);
    longer.ops.size = offsetof(pwwb_transport_ops, destroy);
    CHECK_STATUS(PWWB_E_ABI, pwwb_transport_new(&longer.ops, &fake, &transport, NULL));
    CHECK_INT(1, fake.destroyed);
}

static void
destroy_is_called_once_and_last(void)
{
    struct fake_table fake      = {0};
    pwwb_transport   *transport = transport_over(&fake);

    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, 7, PWWB_SETTLE_REJECT, 5, NULL));
    CHECK_INT(7, fake.tag);
    CHECK_INT(PWWB_SETTLE_REJECT, fake.verdict);
    CHECK_INT(5, fake.timeout_ms);
    pwwb_transport_free(transport);
    CHECK_INT(1, fake.destroyed);
    CHECK_INT(0, fake.called_after_destroy);
    pwwb_transport_free(NULL);
}

static void
optional_methods_may_be_missing(void)
{
    char               address[PWWB_ADDRESS_SIZE] = "x";
    struct fake_table  fake                       = {0};
    pwwb_transport_ops ops                        = fake_ops;
    pwwb_transport    *transport;

    ops.address = NULL;
    ops.destroy = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&ops, &fake, &transport, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_address(transport, address, NULL));
    CHECK_STR("", address);
    pwwb_transport_free(transport);
}

/* Call each method once. */
static void
check_each(pwwb_transport *transport, pwwb_status expected, pwwb_error *err)
{
    pwwb_message  message = {.to = ""};
    pwwb_delivery delivery;
    uint8_t       buf[16];

    CHECK_STATUS(expected, wb_transport_send(transport, &message, 0, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_STATUS(expected, wb_transport_receive(transport, buf, sizeof(buf), &delivery, 0, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_STATUS(expected, wb_transport_settle(transport, 1, PWWB_SETTLE_ACCEPT, 0, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
}

static void
an_unknown_status_is_a_callbacks_fault(void)
{
    struct fake_table fake      = {.fault = {.nth = 1, .is_persistent = 1, .status = -4711}};
    pwwb_transport   *transport = transport_over(&fake);
    pwwb_error       *err       = pwwb_error_new();

    check_each(transport, PWWB_E_CALLBACK, err);
    CHECK_INT(PWWB_LAYER_CALLER, pwwb_error_layer(err));
    CHECK_INT(-4711, pwwb_error_code(err));
    fake.fault.status = 1; /* nothing positive is a status */
    check_each(transport, PWWB_E_CALLBACK, err);
    pwwb_error_free(err);
    pwwb_transport_free(transport);
}

static void
a_known_status_is_passed_on_with_a_sentence(void)
{
    struct fake_table fake = {.fault = {.nth = 1, .is_persistent = 1, .status = PWWB_E_CONNECT}};
    pwwb_transport   *transport = transport_over(&fake);
    pwwb_error       *err       = pwwb_error_new();

    check_each(transport, PWWB_E_CONNECT, err);
    CHECK(pwwb_error_message(err)[0] != '\0');
    pwwb_error_free(err);
    pwwb_transport_free(transport);
}

static void
a_fault_that_passes_is_over_at_the_next_call(void)
{
    struct fake_table fake      = {.fault = {.nth = 2, .status = PWWB_E_TIMEOUT}};
    pwwb_transport   *transport = transport_over(&fake);
    pwwb_message      message   = {.to = ""};

    CHECK_STATUS(PWWB_OK, wb_transport_send(transport, &message, 0, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT, wb_transport_send(transport, &message, 0, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_send(transport, &message, 0, NULL));
    CHECK_INT(sizeof(pwwb_message), fake.message_size);
    pwwb_transport_free(transport);
}

static void
a_length_over_the_buffer_is_not_believed(void)
{
    static const pwwb_delivery nothing;
    struct fake_table          fake      = {.answer = {.len = 16, .tag = 9}};
    pwwb_transport            *transport = transport_over(&fake);
    pwwb_delivery              delivery;
    uint8_t                    buf[16];

    CHECK_STATUS(PWWB_OK, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
    CHECK_INT(16, delivery.len);
    CHECK_INT(9, delivery.tag);
    CHECK_INT(sizeof(delivery), delivery.size);

    fake.answer.len = 17;
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
    CHECK_MEM(&nothing, sizeof(nothing), &delivery, sizeof(delivery));
    fake.answer.len = SIZE_MAX;
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
    pwwb_transport_free(transport);
}

static void
a_delivery_beside_a_failure_is_not_believed(void)
{
    static const pwwb_delivery nothing;
    struct fake_table          fake      = {.answer = {.len = 5, .tag = 9}};
    pwwb_transport            *transport = transport_over(&fake);
    pwwb_delivery              delivery;
    uint8_t                    buf[16];

    fake.fault = (fake_fault){.nth = 1, .status = PWWB_E_CLOSED};
    CHECK_STATUS(PWWB_E_CLOSED, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
    CHECK_MEM(&nothing, sizeof(nothing), &delivery, sizeof(delivery));
    pwwb_transport_free(transport);
}

static void
an_address_without_an_end_is_not_believed(void)
{
    char              address[PWWB_ADDRESS_SIZE];
    char              text[PWWB_ADDRESS_SIZE];
    struct fake_table fake      = {.address = text};
    pwwb_transport   *transport = transport_over(&fake);

    memset(text, 'a', sizeof(text)); /* and no NUL behind */
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_address(transport, address, NULL));
    CHECK_STR("", address);
    text[PWWB_ADDRESS_SIZE - 1] = '\0';
    CHECK_STATUS(PWWB_OK, wb_transport_address(transport, address, NULL));
    CHECK_STR(text, address);
    fake.address = NULL;
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_address(transport, address, NULL));
    CHECK_STR("", address);
    pwwb_transport_free(transport);
}

static void
every_timeout_below_zero_is_no_limit(void)
{
    struct fake_table fake      = {0};
    pwwb_transport   *transport = transport_over(&fake);
    pwwb_message      message   = {.to = ""};
    pwwb_delivery     delivery;
    uint8_t           buf[16];

    CHECK_STATUS(PWWB_OK, wb_transport_send(transport, &message, -7, NULL));
    CHECK_INT(-1, fake.timeout_ms);
    fake.timeout_ms = 0;
    CHECK_STATUS(PWWB_OK, wb_transport_receive(transport, buf, 16, &delivery, INT64_MIN, NULL));
    CHECK_INT(-1, fake.timeout_ms);
    fake.timeout_ms = 0;
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, 1, PWWB_SETTLE_ACCEPT, -2, NULL));
    CHECK_INT(-1, fake.timeout_ms);
    pwwb_transport_free(transport);
}

static void
running_out_of_memory_is_survived_and_leaves_ctx_alone(void)
{
    struct fake_table fake = {0};
    pwwb_transport   *transport;
    pwwb_status       st;

    faults_fail(1);
    st = pwwb_transport_new(&fake_ops, &fake, &transport, NULL);
    CHECK_INT(1, faults_stop());
    CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    CHECK(transport == NULL);
    CHECK_INT(0, fake.destroyed);
}

int
main(void)
{
    RUN(a_table_without_a_required_method_is_refused);
    RUN(a_longer_table_is_refused_once_the_unknown_part_is_set);
    RUN(destroy_is_called_once_and_last);
    RUN(optional_methods_may_be_missing);
    RUN(an_unknown_status_is_a_callbacks_fault);
    RUN(a_known_status_is_passed_on_with_a_sentence);
    RUN(a_fault_that_passes_is_over_at_the_next_call);
    RUN(a_length_over_the_buffer_is_not_believed);
    RUN(a_delivery_beside_a_failure_is_not_believed);
    RUN(an_address_without_an_end_is_not_believed);
    RUN(every_timeout_below_zero_is_no_limit);
    RUN(running_out_of_memory_is_survived_and_leaves_ctx_alone);
    return DONE;
}
