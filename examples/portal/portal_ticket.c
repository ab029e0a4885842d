/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_keys.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "portal_lang.h"
#include "portal_stop.h"

/* Where the relay is, and what agents connect with at first. */
static pwwb_status
fill(const portal *p, pwwb_ticket *ticket, char address[256], secret *credential)
{
    const portal_settings *set  = &p->set;
    int64_t                port = set->relay.port;

    if (port == 0)
        port = set->relay.websocket ? 443 : 5671;
    if (set->ticket.relay_address != NULL)
        (void)snprintf(address, 256, "%s", set->ticket.relay_address);
    else
        (void)snprintf(address, 256, "%.240s:%d", set->relay.host, (int)port);
    ticket->relay_address = address;
    ticket->life_s        = p->options.hours * 3600;
    memcpy(ticket->tenant, set->tenant_id, sizeof(ticket->tenant));
    if (set->ticket.credential_file == NULL)
        return PWWB_OK;
    if (secret_file_line(credential, set->ticket.credential_file) != 0
        || credential->len >= sizeof(credential->octets))
        return pwwb_error_set(p->err, PWWB_E_NOT_FOUND, "ticket.credential_file has no first line");
    credential->octets[credential->len] = '\0';
    ticket->relay_credential            = (const char *)credential->octets;
    return PWWB_OK;
}

static pwwb_status
write_out(const portal *p, secret *text)
{
    if (p->options.out != NULL)
        return secret_write_new(text, p->options.out) == 0
                   ? PWWB_OK
                   : pwwb_error_set(p->err, PWWB_E_SYSTEM, "the ticket's file is there, or cannot be made");
    text->octets[text->len++] = '\n';
    return write(STDOUT_FILENO, text->octets, text->len) == (ssize_t)text->len
               ? PWWB_OK
               : pwwb_error_set(p->err, PWWB_E_SYSTEM, "the ticket could not be written");
}

static pwwb_status
make(const portal *p, pwwb_exchange *exchange)
{
    pwwb_ticket ticket = {.size = sizeof(ticket)};
    char        address[256];
    secret      credential, text;
    pwwb_status st;

    secret_make(&credential);
    secret_make(&text);
    st = fill(p, &ticket, address, &credential);
    if (st == PWWB_OK)
        st = pwwb_exchange_ticket(exchange, &ticket, (char *)text.octets, sizeof(text.octets) - 1, &text.len,
                                  p->err);
    if (st == PWWB_OK)
        st = write_out(p, &text);
    secret_drop(&credential);
    secret_drop(&text);
    return st;
}

/* Until the agent's order has come, here or to another instance. */
static pwwb_status
wait_for_order(const portal *p, pwwb_exchange *exchange, pwwb_keyring_info *info)
{
    int64_t         until     = portal_now_ms() + (p->options.hours > 0 ? p->options.hours : 24) * 3600000;
    pwwb_epoch_info epochs[PWWB_EPOCHS_MAX];
    pwwb_transport *transport = NULL;
    pwwb_status     st        = portal_listen(p, &transport);

    while (st == PWWB_OK) {
        (void)portal_listen_step(p, exchange, NULL, transport, NULL);
        st = portal_keys_read(p, info, epochs);
        if (st == PWWB_OK && !info->has_ticket)
            break;
        if (st == PWWB_OK && (portal_stopped() || portal_now_ms() > until))
            st = pwwb_error_set(p->err, PWWB_E_TIMEOUT, "no agent has used the ticket yet");
    }
    pwwb_transport_free(transport);
    return st;
}

static void
say_next(const portal *p, const pwwb_keyring_info *info)
{
    if (p->options.is_json) {
        fprintf(stderr, "{\"state\": \"%s\", \"fingerprint\": \"%s\"}\n", portal_keys_state(info->state),
                info->fingerprint);
        return;
    }
    fprintf(stderr, _("An agent has used the ticket. Fingerprint: %s\n"), info->fingerprint);
    if (info->state == PWWB_TENANT_PENDING)
        fprintf(stderr, _("Compare it with the one that the agent shows. If they are the same:\n  %s\n"),
                "pwwb-portal confirm FINGERPRINT");
}

int
portal_ticket(portal *p)
{
    pwwb_keyring_info info;
    pwwb_exchange    *exchange = NULL;
    pwwb_status       st       = portal_exchange(p, &exchange);

    if (st == PWWB_OK)
        st = make(p, exchange);
    if (st == PWWB_OK && !p->options.is_json)
        fprintf(stderr, "%s\n",
                p->options.is_wait
                    ? _("The ticket is a secret, and is used once. Waiting for an agent to use it...")
                    : _("The ticket is a secret, and is used once. Is \"pwwb-portal serve\" running?"));
    if (st == PWWB_OK && p->options.is_wait) {
        st = wait_for_order(p, exchange, &info);
        if (st == PWWB_OK)
            say_next(p, &info);
    }
    pwwb_exchange_free(exchange);
    return st == PWWB_OK ? PORTAL_WELL : portal_failed(p, st);
}
