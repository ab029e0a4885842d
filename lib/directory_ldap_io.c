/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <errno.h>
#include <openldap.h>
#include <string.h>
#include <sys/time.h>

#include "error.h"
#include "secret.h"

/* A descriptor that is none. libldap asks only whether it is -1, and would then connect by itself;
 * it polls it only when LBER_SB_OPT_DATA_READY is denied, which it never is; poll() skips it. */
#define NO_DESCRIPTOR (-2)

/* No octet of UTF-8, and never many in a row in the BER around a value. */
static const uint8_t markers[2] = {0xff, 0xfe};

void
wb_ldap_stand_in(wb_ldap *d, int which, wb_span secret, uint8_t *buf)
{
    memset(buf, markers[which], secret.len);
    d->stand_in[which] = secret;
}

void
wb_ldap_forget_secrets(wb_ldap *d)
{
    memset(d->stand_in, 0, sizeof(d->stand_in));
    wb_wipe(d->secrets->wire, sizeof(d->secrets->wire));
    wb_wipe(d->secrets->value, sizeof(d->secrets->value));
}

/* Where the last run of so many markers begins; -1 = nowhere. The last, for in a bind the password
 * ends the request and one marker alone could be a length before it. */
static int64_t
find_run(wb_span data, uint8_t marker, size_t run)
{
    size_t end = data.len, len = 0;

    while (end > 0 && len < run)
        len = data.p[--end] == marker ? len + 1 : 0;
    return run > 0 && len == run ? (int64_t)end : -1;
}

/* How many octets of tag and length stand before a value. X.690 8.1 */
static int64_t
head_of(size_t len)
{
    if (len < 0x80)
        return 2;
    return len < 0x100 ? 3 : 4;
}

/* Build the request in locked memory with each stand-in replaced. Both are found first: a secret
 * may look like the other's stand-in. The old one stands before the new one and its head, whose
 * length may look like a short stand-in. */
static pwwb_status
put_secrets(wb_ldap *d, wb_span request)
{
    const int64_t head   = head_of(d->stand_in[0].len);
    wb_span       before = request;
    int64_t       at[2];
    int           i;

    if (request.len > sizeof(d->secrets->wire))
        return wb_fail(d->err, PWWB_E_DIRECTORY, "a request of %zu octets is too long",
                       request.len);

    memcpy(d->secrets->wire, request.p, request.len);
    for (i = 0; i < 2; i++) {
        at[i] = find_run(before, markers[i], d->stand_in[i].len);
        if (at[i] < 0 && d->stand_in[i].len > 0)
            return wb_fail(d->err, PWWB_E_DIRECTORY, "libldap wrote a request in pieces");
        before.len = at[0] > head ? (size_t)(at[0] - head) : 0;
    }
    for (i = 0; i < 2; i++)
        if (d->stand_in[i].len > 0)
            memcpy(d->secrets->wire + at[i], d->stand_in[i].p, d->stand_in[i].len);
    return PWWB_OK;
}

static pwwb_status
write_request(wb_ldap *d, wb_span request)
{
    int64_t     left = wb_deadline_left(&d->clock, d->deadline);
    pwwb_status st;

    if (left == 0)
        return wb_fail(d->err, PWWB_E_TIMEOUT, "the deadline came before a request was sent");

    if (d->stand_in[0].len > 0) {
        st = put_secrets(d, request);
        if (st != PWWB_OK)
            return st;
        request.p = d->secrets->wire;
    }

    d->sent = 1;
    return pwwb_stream_write(d->stream, request.p, request.len, left, d->err);
}

static ber_slen_t
io_write(Sockbuf_IO_Desc *sbiod, void *buf, ber_len_t len)
{
    wb_ldap *d = sbiod->sbiod_pvt;

    if (d->broken == PWWB_OK)
        d->broken = write_request(d, wb_span_of(buf, len));
    errno = d->broken == PWWB_OK ? 0 : EPIPE;
    return d->broken == PWWB_OK ? (ber_slen_t)len : -1;
}

static ber_slen_t
io_read(Sockbuf_IO_Desc *sbiod, void *buf, ber_len_t len)
{
    wb_ldap *d   = sbiod->sbiod_pvt;
    size_t   got = 0;

    if (d->broken == PWWB_OK)
        d->broken = wb_ldap_read_framed(d, buf, len, &got);
    errno = d->broken == PWWB_OK ? 0 : EPIPE;
    return d->broken == PWWB_OK ? (ber_slen_t)got : -1;
}

static int
io_setup(Sockbuf_IO_Desc *sbiod, void *arg)
{
    sbiod->sbiod_pvt = arg;
    return 0;
}

static int
io_remove(Sockbuf_IO_Desc *sbiod)
{
    (void)sbiod;
    return 0;
}

/* "Data is ready" always: then libldap reads at once, and it is our read that waits. */
static int
io_ctrl(Sockbuf_IO_Desc *sbiod, int opt, void *arg)
{
    (void)sbiod;
    (void)arg;
    return opt == LBER_SB_OPT_DATA_READY;
}

static int
io_close(Sockbuf_IO_Desc *sbiod)
{
    (void)sbiod;
    return 0;
}

static Sockbuf_IO stream_io = { /* not const: libldap takes it so, and only reads it */
    .sbi_setup  = io_setup,
    .sbi_remove = io_remove,
    .sbi_ctrl   = io_ctrl,
    .sbi_read   = io_read,
    .sbi_write  = io_write,
    .sbi_close  = io_close,
};

/* Every option that ldap.conf, .ldaprc or LDAP* variables set and that plain requests heed. Those
 * of TLS, SASL and connecting are never reached; a base stands in each search. */
static int
deafen(LDAP *ld)
{
    const struct timeval never   = {-1, 0};
    const int            version = LDAP_VERSION3, deref = LDAP_DEREF_NEVER, none = 0;

    return ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_DEREF, &deref) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_SIZELIMIT, &none) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_TIMELIMIT, &none) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_TIMEOUT, &never) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &never) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_SERVER_CONTROLS, NULL) == LDAP_OPT_SUCCESS
           && ldap_set_option(ld, LDAP_OPT_CLIENT_CONTROLS, NULL) == LDAP_OPT_SUCCESS;
}

pwwb_status
wb_ldap_attach(wb_ldap *d)
{
    ber_len_t most = WB_LDAP_ANSWER_MAX;
    Sockbuf  *sb   = NULL;

    /* The URI is never followed: the connection is there. */
    if (ldap_init_fd(NO_DESCRIPTOR, LDAP_PROTO_EXT, "ldap://unused.invalid", &d->ld)
        != LDAP_SUCCESS) {
        d->ld = NULL;
        return wb_fail(d->err, PWWB_E_NO_MEMORY, "libldap made no handle");
    }
    if (!deafen(d->ld) || ldap_get_option(d->ld, LDAP_OPT_SOCKBUF, &sb) != LDAP_OPT_SUCCESS
        || ber_sockbuf_add_io(sb, &stream_io, LBER_SBIOD_LEVEL_PROVIDER, d) != 0)
        return wb_fail(d->err, PWWB_E_NO_MEMORY, "libldap took no options");

    (void)ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &most);
    return PWWB_OK;
}
