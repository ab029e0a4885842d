/* SPDX-License-Identifier: Apache-2.0 */
/* What the companions take and fill. */
#include "sizes_world.h"

#include <pwwb/amqp.h>
#include <pwwb/space.h>

#include <stdio.h>

#include "folder.h"

/* One object and where it leads: docs/space.md. */
#define CSV \
    "kind,cloud_anchor,source_anchor,metaverse,directory,object_guid,rules,dn\n" \
    "cloud,User_3f2504e0-4f89-11d3-9a0c-0305e82c3301,,m1,,,,\n" \
    "link,,,m1,F1,6b88ded7-401c-4710-b1fb-1b39f4b0ae2a,User AccountEnabled,\n"

static char        root[64], path[80], file[80];
static pwwb_amqp  *amqp;
static pwwb_space *space;

static pwwb_status
open_stream(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    (void)timeout_ms;
    return pwwb_stream_new(&world_plain_stream, ctx, ret_stream, err);
}

static const pwwb_amqp_options options = {.size       = sizeof(options),
                                          .end        = PWWB_RELAY_PORTAL,
                                          .user       = "portal",
                                          .secret     = world_key,
                                          .secret_len = 1,
                                          .open       = open_stream};

static pwwb_status
use_options(void *theirs)
{
    pwwb_amqp  *made;
    pwwb_status st = pwwb_amqp_new(theirs, &made, NULL);

    pwwb_amqp_free(made);
    return st;
}

static pwwb_status
use_status(void *theirs)
{
    return pwwb_amqp_describe(amqp, theirs, NULL);
}

/* Nothing is connected; but they look at theirs first. */
static pwwb_status
use_message(void *theirs)
{
    uint64_t ticket;

    return pwwb_amqp_send(amqp, theirs, &ticket, NULL);
}

static pwwb_status
use_delivery(void *theirs)
{
    uint8_t buf[PWWB_ENVELOPE_MAX];

    return pwwb_amqp_receive(amqp, buf, sizeof(buf), theirs, NULL);
}

static pwwb_status
use_import(void *theirs)
{
    return pwwb_space_import_csv(space, file, theirs, NULL, NULL);
}

static pwwb_status
use_import_result(void *theirs)
{
    return pwwb_space_import_csv(space, file, NULL, theirs, NULL);
}

static pwwb_status
use_info(void *theirs)
{
    return pwwb_space_describe(space, theirs, NULL);
}

static pwwb_status
use_directory(void *theirs)
{
    return pwwb_space_describe_directory(space, 0, theirs, NULL);
}

static size_t of_chain, of_progress;

static void
tell(void *ctx, const pwwb_chain *chain)
{
    (void)ctx;
    of_chain = chain->size;
}

static pwwb_status
use_found(void *theirs)
{
    const char *text = "User_3f2504e0-4f89-11d3-9a0c-0305e82c3301";
    pwwb_anchor anchor;
    pwwb_status st = pwwb_anchor_parse(text, strlen(text), &anchor, NULL);

    return st == PWWB_OK ? pwwb_space_explain(space, &anchor, tell, NULL, theirs, NULL) : st;
}

static int
progress(void *ctx, const pwwb_import_result *so_far)
{
    (void)ctx;
    of_progress = so_far->size;
    return 0;
}

static const pwwb_import_options how = {.size = sizeof(how), .progress = progress};

int
sizes_begin_companions(void)
{
    int wrong = 0;

    (void)snprintf(root, sizeof(root), "/tmp/pwwb-sizes-XXXXXX");
    wrong += mkdtemp(root) == NULL;
    (void)snprintf(path, sizeof(path), "%s/space", root);
    (void)snprintf(file, sizeof(file), "%s/file", root);
    put_file(file, CSV, sizeof(CSV) - 1);
    wrong += pwwb_amqp_new(&options, &amqp, NULL) != PWWB_OK;
    wrong += pwwb_space_open(path, PWWB_SPACE_WRITE, &space, NULL) != PWWB_OK;
    wrong += pwwb_space_import_csv(space, file, &how, NULL, NULL) != PWWB_OK;
    return wrong;
}

void
sizes_end_companions(void)
{
    pwwb_space_free(space);
    pwwb_amqp_free(amqp);
    empty_folder(root);
    (void)rmdir(root);
}

/* What it tells has the size that it has here. */
static pwwb_status
use_chain(void *theirs)
{
    pwwb_found found = {.size = sizeof(found)};

    (void)theirs;
    of_chain = 0;
    return use_found(&found) == PWWB_OK && of_chain == sizeof(pwwb_chain)
                   && of_progress == sizeof(pwwb_import_result)
               ? PWWB_OK
               : PWWB_E_STATE;
}

const sized sized_companions[] = {
    GIVEN(pwwb_amqp_options, clock_ctx, PWWB_OK, use_options, &options),
    FILLED(pwwb_amqp_info, octets_out, PWWB_OK, use_status, NULL),
    TOLD(pwwb_chain, use_chain),
    FILLED(pwwb_delivery, id, PWWB_E_TIMEOUT, use_delivery, NULL),
    FILLED(pwwb_found, directory, PWWB_OK, use_found, NULL),
    GIVEN(pwwb_import_options, progress_ctx, PWWB_OK, use_import, &how),
    FILLED(pwwb_import_result, line, PWWB_OK, use_import_result, NULL),
    GIVEN(pwwb_message, reply_to, PWWB_E_CONNECT, use_message, NULL),
    FILLED(pwwb_space_directory, reserved, PWWB_OK, use_directory, NULL),
    FILLED(pwwb_space_info, directories, PWWB_OK, use_info, NULL),
    {0},
};
