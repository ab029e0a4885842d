/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGE_SIZE 256

struct pwwb_error {
    pwwb_status status;
    int32_t     layer;
    int64_t     code;
    char        message[MESSAGE_SIZE];
};

static void
record(pwwb_error *err, pwwb_status status, int32_t layer, int64_t code)
{
    err->status     = status;
    err->layer      = layer;
    err->code       = code;
    err->message[0] = '\0';
}

void
wb_ok(pwwb_error *err)
{
    if (err != NULL)
        record(err, PWWB_OK, PWWB_LAYER_PWWB, 0);
}

/* A sentence that was cut keeps no part of a character: it is UTF-8 to its end. */
static void
drop_cut_character(char message[MESSAGE_SIZE])
{
    size_t  at = MESSAGE_SIZE - 2;
    uint8_t lead;

    while (at > 0 && ((uint8_t)message[at] & 0xC0) == 0x80)
        at--;
    lead = (uint8_t)message[at];
    if (lead >= 0xC0 && at + (lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2) > MESSAGE_SIZE - 1)
        message[at] = '\0';
}

static void say(pwwb_error *err, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
say(pwwb_error *err, const char *format, va_list args)
{
    if (vsnprintf(err->message, sizeof(err->message), format, args) >= MESSAGE_SIZE)
        drop_cut_character(err->message);
}

pwwb_status
wb_fail(pwwb_error *err, pwwb_status status, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return status;

    record(err, status, PWWB_LAYER_PWWB, 0);
    va_start(args, format);
    say(err, format, args);
    va_end(args);
    return status;
}

pwwb_status
wb_fail_from(pwwb_error *err, pwwb_status status, int32_t layer, int64_t code, const char *format,
             ...)
{
    va_list args;

    if (err == NULL)
        return status;

    record(err, status, layer, code);
    va_start(args, format);
    say(err, format, args);
    va_end(args);
    return status;
}

pwwb_status
wb_answer(pwwb_error *err, pwwb_status status, const char *what)
{
    if (status == PWWB_OK) {
        wb_ok(err); /* whatever the callback wrote there */
        return status;
    }
    if (!wb_status_is_known(status))
        return wb_fail_from(err, PWWB_E_CALLBACK, PWWB_LAYER_CALLER, status,
                            "%s answered %d, which is no status", what, (int)status);
    if (err != NULL && err->status != status)
        return wb_fail(err, status, "%s answered %s", what, pwwb_status_name(status));

    return status;
}

pwwb_error *
pwwb_error_new(void)
{
    return calloc(1, sizeof(pwwb_error));
}

void
pwwb_error_free(pwwb_error *error)
{
    free(error);
}

pwwb_status
pwwb_error_status(const pwwb_error *error)
{
    return error != NULL ? error->status : PWWB_OK;
}

const char *
pwwb_error_message(const pwwb_error *error)
{
    return error != NULL ? error->message : "";
}

int32_t
pwwb_error_layer(const pwwb_error *error)
{
    return error != NULL ? error->layer : PWWB_LAYER_PWWB;
}

int64_t
pwwb_error_code(const pwwb_error *error)
{
    return error != NULL ? error->code : 0;
}

pwwb_status
pwwb_error_set(pwwb_error *error, pwwb_status status, const char *message)
{
    char copy[MESSAGE_SIZE + 1]; /* the message may be the object's own */

    (void)snprintf(copy, sizeof(copy), "%s", message != NULL ? message : "");
    return wb_fail_from(error, status, PWWB_LAYER_CALLER, status, "%s", copy);
}
