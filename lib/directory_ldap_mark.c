/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_changes.h"

#include "cbor.h"

/* An array of ten, in CBOR: version, stage, reads, domain, base, cookie, controller, next, window,
 * highest. */
#define VERSION 1
#define ITEMS   10

static int
is_window(const wb_ldap_mark *m)
{
    return m->controller.len > 0 && m->next >= 1 && m->window >= 1 && m->highest >= m->next;
}

static int
is_no_window(const wb_ldap_mark *m)
{
    return m->controller.len == 0 && m->next == 0 && m->window == 0 && m->highest == 0;
}

/* Whether its parts go together. */
static int
is_whole(const wb_ldap_mark *m)
{
    if (m->reads < WB_LDAP_READS_NONE || m->reads > WB_LDAP_READS_ALL || m->domain.len == 0)
        return 0;

    switch (m->stage) {
    case WB_LDAP_COOKIE:
        return m->cookie.len > 0 && m->reads == WB_LDAP_READS_ALL && is_no_window(m);
    case WB_LDAP_DELTA:
        return m->cookie.len > 0 && is_no_window(m);
    case WB_LDAP_WINDOWS:
        return m->cookie.len > 0 && m->reads != WB_LDAP_READS_NONE && is_window(m);
    default:
        return 0;
    }
}

int
wb_ldap_mark_parse(wb_span octets, wb_ldap_mark *mark)
{
    wb_cbor in = wb_cbor_read(octets);

    if (wb_cbor_array(&in) != ITEMS)
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, VERSION);
    mark->stage      = wb_cbor_int32(&in);
    mark->reads      = wb_cbor_int32(&in);
    mark->domain     = wb_cbor_text(&in);
    mark->base       = wb_cbor_text(&in);
    mark->cookie     = wb_cbor_octets(&in);
    mark->controller = wb_cbor_text(&in);
    mark->next       = wb_cbor_int(&in);
    mark->window     = wb_cbor_int(&in);
    mark->highest    = wb_cbor_int(&in);
    wb_cbor_end(&in);
    return in.status == PWWB_OK && is_whole(mark) ? 0 : -1;
}

static void
put_text(wb_cbor_out *out, wb_span text)
{
    wb_cbor_put_text(out, (const char *)text.p, text.len);
}

size_t
wb_ldap_mark_print(const wb_ldap_mark *mark, uint8_t *out, size_t out_size)
{
    wb_cbor_out o = wb_cbor_write(out, out_size);

    wb_cbor_put_array(&o, ITEMS);
    wb_cbor_put_int(&o, VERSION);
    wb_cbor_put_int(&o, mark->stage);
    wb_cbor_put_int(&o, mark->reads);
    put_text(&o, mark->domain);
    put_text(&o, mark->base);
    wb_cbor_put_octets(&o, mark->cookie);
    put_text(&o, mark->controller);
    wb_cbor_put_int(&o, mark->next);
    wb_cbor_put_int(&o, mark->window);
    wb_cbor_put_int(&o, mark->highest);
    return wb_cbor_fits(&o) ? o.need : 0;
}
