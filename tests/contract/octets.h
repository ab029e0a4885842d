/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_OCTETS_H
#define CONTRACT_OCTETS_H

/* Whole messages, their octets and their ids unchanged. */

#include "contract.h"

/* Sizes about which a frame, a field or a buffer may change its form. */
static const size_t ct_sizes[] = {1,    2,    127,  128,  255,  256,  257,  511, 512,
                                  555,  1023, 1024, 2047, 2048, 4000, 4095, 4096};
#define CT_SIZES (sizeof(ct_sizes) / sizeof(ct_sizes[0]))

static inline pwwb_status
ct_send_octets(pwwb_transport *from, const uint8_t *octets, size_t len)
{
    pwwb_message m = ct_message("", "octets", CT_TTL);

    m.data = octets;
    m.len  = len;
    return wb_transport_send(from, &m, ct->long_ms, NULL);
}

static inline void
ct_check_passes(ct_scene *s, const uint8_t *octets, size_t len)
{
    ct_taken taken;

    CHECK_STATUS(PWWB_OK, ct_send_octets(s->portal, octets, len));
    CHECK_STATUS(PWWB_OK, ct_take(s->agent, &taken, ct->long_ms));
    CHECK_MEM(octets, len, taken.text, taken.delivery.len);
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
}

static inline void
messages_of_every_size_come_whole(void)
{
    uint8_t  octets[PWWB_ENVELOPE_MAX];
    ct_scene s;
    size_t   i;

    for (i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)((i * 2654435761U) >> 13);
    ct_set_up(&s, 1);
    for (i = 0; i < CT_SIZES; i++)
        ct_check_passes(&s, octets, ct_sizes[i]);
    ct_tear_down(&s);
}

static inline void
octets_of_every_value_come_unchanged(void)
{
    uint8_t  octets[512];
    ct_scene s;
    size_t   i;

    for (i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(i < 256 ? i : 511 - i);
    ct_set_up(&s, 1);
    ct_check_passes(&s, octets, sizeof(octets));
    memset(octets, 0, sizeof(octets));
    ct_check_passes(&s, octets, sizeof(octets));
    memset(octets, 0xff, sizeof(octets));
    ct_check_passes(&s, octets, sizeof(octets));
    ct_tear_down(&s);
}

static inline void
ids_of_every_value_are_carried(void)
{
    static const uint8_t ends[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    ct_scene             s;
    ct_taken             taken;
    size_t               i;

    ct_set_up(&s, 1);
    for (i = 0; i < sizeof(ends); i++) {
        pwwb_message m = ct_message("", "id", CT_TTL);

        memset(m.id, ends[i], sizeof(m.id));
        m.id[7] = (uint8_t)i;
        CHECK_STATUS(PWWB_OK, wb_transport_send(s.portal, &m, ct->long_ms, NULL));
        CHECK_STATUS(PWWB_OK, ct_take(s.agent, &taken, ct->long_ms));
        CHECK_MEM(m.id, sizeof(m.id), taken.delivery.id, sizeof(taken.delivery.id));
        ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    }
    ct_tear_down(&s);
}

static inline void
what_is_no_message_is_refused_and_does_not_come(void)
{
    uint8_t  octets[PWWB_ENVELOPE_MAX + 1] = {0};
    ct_scene s;

    ct_set_up(&s, 1);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ct_send_octets(s.portal, octets, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ct_send_octets(s.portal, NULL, 5));
    CHECK_STATUS(PWWB_E_TOO_LARGE, ct_send_octets(s.portal, octets, sizeof(octets)));
    ct_sends(s.portal, "", "after");
    ct_gets(s.agent, "after");
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

static inline void
ct_run_octets(void)
{
    RUN(messages_of_every_size_come_whole);
    RUN(octets_of_every_value_come_unchanged);
    RUN(ids_of_every_value_are_carried);
    RUN(what_is_no_message_is_refused_and_does_not_come);
}

#endif /* CONTRACT_OCTETS_H */
