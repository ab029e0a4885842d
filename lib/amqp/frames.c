/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <proton/connection.h>
#include <string.h>

#include "performative.h"

#define HEADER_SIZE 8
#define RANGE_MAX   4096 /* deliveries that one disposition speaks of */
#define IDLE_MIN_MS 1000 /* a broker that bears less silence keeps us busy */

static const uint8_t protocol[HEADER_SIZE] = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};

void
wb_amqp_frames_begin(wb_amqp_frames *frames)
{
    memset(frames, 0, sizeof(*frames));
}

/* How long the piece at the front is, as far as it tells; 0 = it cannot be one. */
static size_t
piece_size(const wb_amqp_frames *frames)
{
    wb_amqp_octets in = {frames->octets, 4};
    uint64_t       size;

    if (!frames->is_begun || frames->len < HEADER_SIZE)
        return HEADER_SIZE;

    (void)wb_amqp_read_number(&in, 4, &size);
    return size < HEADER_SIZE || size > sizeof(frames->octets) ? 0 : (size_t)size;
}

int
wb_amqp_frames_take(wb_amqp_frames *frames, const uint8_t *data, size_t len, size_t *ret_taken)
{
    size_t size = piece_size(frames);

    *ret_taken = 0;
    while (frames->len < size && *ret_taken < len) {
        size_t some = size - frames->len;

        if (some > len - *ret_taken)
            some = len - *ret_taken;
        memcpy(frames->octets + frames->len, data + *ret_taken, some);
        frames->len += some;
        *ret_taken += some;
        size = piece_size(frames);
    }
    if (size == 0)
        return -1;
    return frames->len == size;
}

/* Which of our receivers has this handle; -1 = none. */
static int
receiver_by_handle(const wb_amqp_frames *frames, uint64_t handle)
{
    int i;

    for (i = 0; i < WB_AMQP_RECEIVERS; i++)
        if (frames->is_attached[i] && frames->handles[i] == handle)
            return i;
    return -1;
}

static int
is_ours(pn_link_t *link, const wb_amqp_value *name)
{
    const char *ours = link != NULL ? pn_link_name(link) : NULL;

    return ours != NULL && (pn_link_state(link) & PN_REMOTE_UNINIT) != 0
           && name->body.len == strlen(ours) && memcmp(name->body.p, ours, name->body.len) == 0;
}

enum { ATTACH_NAME, ATTACH_HANDLE, ATTACH_ROLE };

/* An answer to an attach of ours that has had none yet. */
static int
check_attach(wb_amqp_frames *frames, const wb_amqp_links *links, const wb_amqp_performative *p)
{
    int    is_receiver = (int)wb_amqp_field(p, ATTACH_ROLE); /* the broker's role */
    size_t i;

    for (i = 0; is_receiver && i < WB_AMQP_SENDERS; i++)
        if (is_ours(links->senders[i].link, &p->fields[ATTACH_NAME]))
            return 0;
    for (i = 0; !is_receiver && i < WB_AMQP_RECEIVERS; i++)
        if (is_ours(links->receivers[i].link, &p->fields[ATTACH_NAME])) {
            frames->handles[i]     = (uint32_t)wb_amqp_field(p, ATTACH_HANDLE);
            frames->is_attached[i] = 1;
            return 0;
        }
    return -1;
}

enum { TRANSFER_HANDLE, TRANSFER_ID, TRANSFER_TAG, TRANSFER_MORE = 5, TRANSFER_ABORTED = 9 };

/* A delivery begins with its id and tag (2.7.5). */
static int
check_transfer(wb_amqp_frames *frames, const wb_amqp_performative *p)
{
    int i = receiver_by_handle(frames, wb_amqp_field(p, TRANSFER_HANDLE));

    if (i < 0)
        return -1;
    if (!frames->is_within[i]
        && (!wb_amqp_has_field(p, TRANSFER_ID) || !wb_amqp_has_field(p, TRANSFER_TAG)))
        return -1;

    frames->is_within[i] =
        wb_amqp_field(p, TRANSFER_MORE) != 0 && wb_amqp_field(p, TRANSFER_ABORTED) == 0;
    return 0;
}

static int
check_detach(wb_amqp_frames *frames, const wb_amqp_performative *p)
{
    int i = receiver_by_handle(frames, wb_amqp_field(p, 0));

    if (i >= 0)
        frames->is_attached[i] = 0;
    return 0;
}

enum { DISPOSITION_FIRST = 1, DISPOSITION_LAST };

static int
check_disposition(const wb_amqp_performative *p)
{
    uint32_t first = (uint32_t)wb_amqp_field(p, DISPOSITION_FIRST);
    uint32_t last  = (uint32_t)wb_amqp_field(p, DISPOSITION_LAST);

    return !wb_amqp_has_field(p, DISPOSITION_LAST) || last - first < RANGE_MAX ? 0 : -1;
}

enum { OPEN_IDLE = 4 };

static int
check_open(const wb_amqp_performative *p)
{
    uint64_t idle_ms = wb_amqp_field(p, OPEN_IDLE);

    return idle_ms == 0 || idle_ms >= IDLE_MIN_MS ? 0 : -1;
}

/* The answer to our begin, on our channel. */
static int
check_begin(wb_amqp_frames *frames, const wb_amqp_performative *p)
{
    if (frames->has_session || !wb_amqp_has_field(p, 0) || wb_amqp_field(p, 0) != 0)
        return -1;

    frames->has_session = 1;
    return 0;
}

static int
check_performative(wb_amqp_frames *frames, const wb_amqp_links *links,
                   const wb_amqp_performative *p)
{
    switch (p->descriptor) {
    case WB_AMQP_OPEN_FRAME:
        return check_open(p);
    case WB_AMQP_BEGIN_FRAME:
        return check_begin(frames, p);
    case WB_AMQP_ATTACH_FRAME:
        return check_attach(frames, links, p);
    case WB_AMQP_TRANSFER_FRAME:
        return check_transfer(frames, p);
    case WB_AMQP_DISPOSITION_FRAME:
        return check_disposition(p);
    case WB_AMQP_DETACH_FRAME:
        return check_detach(frames, p);
    default:
        return 0;
    }
}

static int
check_frame(wb_amqp_frames *frames, const wb_amqp_links *links)
{
    size_t               offset = (size_t)frames->octets[4] * 4;
    wb_amqp_octets       body   = {frames->octets + offset, frames->len - offset};
    wb_amqp_performative p;

    if (offset < HEADER_SIZE || offset > frames->len || frames->octets[5] != 0)
        return -1;
    if (body.len == 0)
        return 0; /* a heartbeat */
    if (wb_amqp_performative_read(&body, &p) != 0
        || (body.len > 0 && p.descriptor != WB_AMQP_TRANSFER_FRAME))
        return -1;
    return check_performative(frames, links, &p);
}

int
wb_amqp_frames_check(wb_amqp_frames *frames, const wb_amqp_links *links)
{
    int rc;

    if (frames->is_begun)
        rc = check_frame(frames, links);
    else
        rc = memcmp(frames->octets, protocol, sizeof(protocol)) == 0 ? 0 : -1;
    frames->is_begun = 1;
    return rc;
}
