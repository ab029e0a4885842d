/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "connection.h"
#include "fail.h"
#include "import.h"

pwwb_status
pwwb_amqp_new(const pwwb_amqp_options *options, pwwb_amqp **ret_amqp, pwwb_error *err)
{
    pwwb_amqp  *amqp;
    pwwb_status st;

    wb_amqp_ok(err);
    if (ret_amqp != NULL)
        *ret_amqp = NULL;
    if (options == NULL || ret_amqp == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "options and ret_amqp must be given");

    amqp = calloc(1, sizeof(*amqp));
    if (amqp == NULL)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no memory for a connection");

    amqp->tick_ms = -1;
    amqp->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    amqp->err     = pwwb_error_new();
    if (amqp->err == NULL)
        st = wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no memory for a connection");
    else if (amqp->wake_fd < 0)
        st = wb_amqp_fail(err, PWWB_E_SYSTEM, "no descriptor is left to be woken by");
    else
        st = wb_amqp_options_make(&amqp->options, options, err);
    if (st == PWWB_OK)
        st = wb_amqp_engine_make(&amqp->engine, &amqp->options, err);
    if (st != PWWB_OK) {
        pwwb_amqp_free(amqp);
        return st;
    }
    amqp->backoff.longest_ms = amqp->options.of.longest_ms;
    *ret_amqp                = amqp;
    return PWWB_OK;
}

void
pwwb_amqp_free(pwwb_amqp *amqp)
{
    if (amqp == NULL)
        return;

    wb_amqp_connection_close(amqp);
    wb_amqp_engine_drop(&amqp->engine);
    wb_amqp_options_drop(&amqp->options);
    if (amqp->wake_fd >= 0)
        (void)close(amqp->wake_fd);
    pwwb_error_free(amqp->err);
    free(amqp);
}

/* A stream that cannot tell would never be served: it is not waited for. */
static int64_t
stream_interest(pwwb_amqp *amqp, pwwb_interest *ret_interest, int64_t timeout_ms)
{
    int64_t theirs = 0;

    if (pwwb_stream_interest(amqp->stream, ret_interest, &theirs, NULL) != PWWB_OK)
        return 0;
    if (timeout_ms < 0 || (theirs >= 0 && theirs < timeout_ms))
        return theirs;
    return timeout_ms;
}

pwwb_status
pwwb_amqp_interest(pwwb_amqp *amqp, pwwb_interest *list, size_t list_size, size_t *ret_count,
                   int64_t *ret_timeout_ms, pwwb_error *err)
{
    pwwb_interest stream = {.size = sizeof(stream), .descriptor = -1};

    wb_amqp_ok(err);
    if (amqp == NULL || (list == NULL && list_size > 0) || ret_count == NULL
        || ret_timeout_ms == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT,
                            "amqp, list, ret_count and ret_timeout_ms must be given");

    *ret_timeout_ms = wb_amqp_connection_timeout(amqp);
    if (amqp->stream != NULL)
        *ret_timeout_ms = stream_interest(amqp, &stream, *ret_timeout_ms);
    *ret_count = stream.descriptor >= 0 ? 2 : 1;
    if (list_size < *ret_count)
        return wb_amqp_fail(err, PWWB_E_BUFFER_TOO_SMALL, "there are %zu descriptors", *ret_count);

    list[0] = (pwwb_interest){.size       = sizeof(list[0]),
                              .descriptor = amqp->wake_fd,
                              .directions = PWWB_READABLE};
    if (*ret_count > 1)
        list[1] = stream;
    return PWWB_OK;
}

/* Where nobody called there is no need to ask the descriptor. */
static void
forget_waking(pwwb_amqp *amqp)
{
    uint64_t count;

    if (atomic_exchange(&amqp->is_woken, 0) != 0 && read(amqp->wake_fd, &count, sizeof(count)) < 0)
        return; /* an earlier service has read it */
}

pwwb_status
pwwb_amqp_service(pwwb_amqp *amqp, pwwb_error *err)
{
    wb_amqp_ok(err);
    if (amqp == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "amqp must be given");

    forget_waking(amqp);
    wb_amqp_connection_service(amqp);
    return PWWB_OK;
}

void
pwwb_amqp_wake(pwwb_amqp *amqp)
{
    static const uint64_t one = 1;

    if (amqp == NULL)
        return;
    if (write(amqp->wake_fd, &one, sizeof(one)) > 0) /* else it is full: readable anyway */
        atomic_store(&amqp->is_woken, 1);
}

pwwb_status
pwwb_amqp_send(pwwb_amqp *amqp, const pwwb_message *message, uint64_t *ret_ticket, pwwb_error *err)
{
    pwwb_message ours;

    wb_amqp_ok(err);
    if (ret_ticket != NULL)
        *ret_ticket = 0;
    if (amqp == NULL || message == NULL || ret_ticket == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT,
                            "amqp, message and ret_ticket must be given");
    if (wb_amqp_import(&ours, sizeof(ours), WB_AMQP_SIZE_UP_TO(pwwb_message, reply_to), message)
        != PWWB_OK)
        return wb_amqp_fail(err, PWWB_E_ABI, "a message that does not fit this library");
    if (!wb_amqp_connection_is_ready(amqp))
        return wb_amqp_fail(err, PWWB_E_CONNECT, "there is no connection now: %s",
                            amqp->why[0] != '\0' ? amqp->why : "the first is not made yet");

    return wb_amqp_engine_send(&amqp->engine, &ours, ret_ticket, err);
}

pwwb_status
pwwb_amqp_sent(pwwb_amqp *amqp, uint64_t *ret_ticket, pwwb_status *ret_status, pwwb_error *err)
{
    wb_amqp_ok(err);
    if (amqp == NULL || ret_ticket == NULL || ret_status == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT,
                            "amqp, ret_ticket and ret_status must be given");

    *ret_ticket = 0;
    *ret_status = PWWB_E_TIMEOUT;
    if (wb_amqp_flights_take(&amqp->engine.flights, ret_ticket, ret_status) != 0)
        return wb_amqp_fail(err, PWWB_E_TIMEOUT, "nothing new is known");
    return PWWB_OK;
}

pwwb_status
pwwb_amqp_receive(pwwb_amqp *amqp, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
                  pwwb_error *err)
{
    pwwb_delivery   ours = {.size = sizeof(ours), .is_redelivered = PWWB_MAYBE};
    wb_amqp_letter *letter;

    wb_amqp_ok(err);
    if (amqp == NULL || buf == NULL || buf_size < PWWB_ENVELOPE_MAX || ret_delivery == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT,
                            "amqp, a buffer for any message and ret_delivery must be given");
    if (wb_amqp_export(ret_delivery, WB_AMQP_SIZE_UP_TO(pwwb_delivery, id), &ours, sizeof(ours))
        != PWWB_OK)
        return wb_amqp_fail(err, PWWB_E_ABI, "a delivery that does not fit this library");

    letter = wb_amqp_inbox_next(&amqp->engine.inbox);
    if (letter == NULL)
        return wb_amqp_fail(err, PWWB_E_TIMEOUT, "no message is there%s%s",
                            amqp->stream == NULL && amqp->why[0] != '\0' ? ": " : "",
                            amqp->stream == NULL ? amqp->why : "");

    letter->is_handed   = 1;
    ours.len            = letter->len;
    ours.tag            = letter->tag;
    ours.is_redelivered = letter->is_redelivered;
    memcpy(ours.id, letter->id, sizeof(ours.id));
    memcpy(buf, letter->octets, letter->len);
    return wb_amqp_export(ret_delivery, 0, &ours, sizeof(ours));
}

pwwb_status
pwwb_amqp_settle(pwwb_amqp *amqp, uint64_t tag, int32_t verdict, pwwb_error *err)
{
    wb_amqp_ok(err);
    if (amqp == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "amqp must be given");

    return wb_amqp_engine_settle(&amqp->engine, tag, verdict, err);
}

pwwb_status
pwwb_amqp_hold(pwwb_amqp *amqp, uint64_t tag, pwwb_error *err)
{
    wb_amqp_ok(err);
    if (amqp == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "amqp must be given");

    return wb_amqp_engine_hold(&amqp->engine, tag, err);
}

const char *
pwwb_amqp_address(const pwwb_amqp *amqp)
{
    return amqp != NULL && amqp->options.of.end == PWWB_RELAY_PORTAL ? amqp->options.name : "";
}

pwwb_status
pwwb_amqp_describe(pwwb_amqp *amqp, pwwb_amqp_info *ret_info, pwwb_error *err)
{
    pwwb_amqp_info ours = {.size = sizeof(ours), .next_try_ms = -1};

    wb_amqp_ok(err);
    if (amqp == NULL || ret_info == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "amqp and ret_info must be given");

    if (amqp->stream == NULL)
        ours.next_try_ms = wb_amqp_connection_timeout(amqp);
    ours.phase = amqp->stream == NULL                  ? PWWB_AMQP_WAITING
                 : wb_amqp_connection_is_ready(amqp) ? PWWB_AMQP_READY
                                                       : PWWB_AMQP_CONNECTING;
    ours.last       = amqp->last;
    ours.connects   = amqp->connects;
    ours.octets_in  = amqp->octets_in;
    ours.octets_out = amqp->octets_out;
    if (wb_amqp_export(ret_info, WB_AMQP_SIZE_UP_TO(pwwb_amqp_info, octets_out), &ours,
                       sizeof(ours))
        != PWWB_OK)
        return wb_amqp_fail(err, PWWB_E_ABI, "an info that does not fit this library");
    return PWWB_OK;
}
