/* SPDX-License-Identifier: Apache-2.0 */
/* Replies, heartbeats, control messages, orders and tickets that are refused: at step 1 for their
 * form, 2 for their key, 3 for their tag, 4 for what is inside. */
#include "vectors.h"

static void
put(const char *name, const char *as, int step, wb_span message)
{
    json_begin(NULL, '{');
    json_text("name", name);
    json_text("as", as);
    json_int("step", step);
    json_span("message", message);
    json_end('}');
}

static void
put_sealed(const char *name, const char *as, const char *label, wb_span plain)
{
    uint8_t buf[PWWB_ENVELOPE_MAX];

    put(name, as, 4,
        wb_span_of(buf, wb_outer_seal(&w.of[2]->epochs[0], label, plain, buf, sizeof(buf))));
}

static void
put_reply_variants(void)
{
    wb_reply reply = {.cti = "a request's id", .outcome = 4, .code = PWWB_CODE_OUTCOME_UNKNOWN,
                      .time_ms = INT64_C(1000) * NOW};
    uint8_t  plain[WB_REPLY_MAX] = {0};
    wb_reply read;
    size_t   len = wb_wire_put_reply(plain, &reply);

    MUST(wb_wire_read_reply(wb_span_of(plain, len), &read) == PWWB_OK);
    MUST(wb_wire_read_reply(wb_span_of(plain, 512), &read) != PWWB_OK);
    put_sealed("padded to more than the least", "reply", WB_LABEL_REPLY, wb_span_of(plain, 512));
    plain[len - 1] = 1;
    MUST(wb_wire_read_reply(wb_span_of(plain, len), &read) != PWWB_OK);
    put_sealed("padding that is not zero", "reply", WB_LABEL_REPLY, wb_span_of(plain, len));
    reply.outcome = 5;
    len           = wb_wire_put_reply(plain, &reply);
    MUST(wb_wire_read_reply(wb_span_of(plain, len), &read) != PWWB_OK);
    put_sealed("an outcome that is none", "reply", WB_LABEL_REPLY, wb_span_of(plain, len));
}

/* All zero but the ids, which is what a heartbeat of nothing reads as. */
static void
put_heartbeat_variants(void)
{
    static const uint8_t head[] = "\xa9\1\x50 0123456789abcde\2\x50 0123456789abcde\3\1\4\0\5\1\6\0"
                                  "\7\x88\0\0\0\0\0\0\0\0\x08\x86\0\0\0\0\0\5\x09\x83\0\0";
    uint8_t        plain[384] = {0};
    pwwb_heartbeat read;

    memcpy(plain, head, sizeof(head));
    MUST(wb_heartbeat_read(wb_span_of(plain, sizeof(plain)), &read) == PWWB_OK);
    MUST(wb_heartbeat_read(wb_span_of(plain, sizeof(plain) - 1), &read) != PWWB_OK);
    put_sealed("padded to less", "heartbeat", WB_LABEL_HEARTBEAT,
               wb_span_of(plain, sizeof(plain) - 1));
    plain[sizeof(head) - 1]++; /* of those that answer */
    MUST(wb_heartbeat_read(wb_span_of(plain, sizeof(plain)), &read) != PWWB_OK);
    put_sealed("more directories that answer than there are", "heartbeat", WB_LABEL_HEARTBEAT,
               wb_span_of(plain, sizeof(plain)));
    plain[sizeof(head) - 1]--;
    memset(plain + 3, 0, PWWB_ID_SIZE);
    MUST(wb_heartbeat_read(wb_span_of(plain, sizeof(plain)), &read) != PWWB_OK);
    put_sealed("an agent without an id", "heartbeat", WB_LABEL_HEARTBEAT,
               wb_span_of(plain, sizeof(plain)));
}

static void
put_control_variants(void)
{
    const wb_epoch      *epoch   = &w.of[2]->epochs[0];
    wb_control           control = {.kind = WB_CONTROL_REVOKE, .id = "a revoke's id", .code = 1,
                                    .state = 6, .generation = 2, .time_s = NOW};
    static const uint8_t bare[]  = "\xa6\1\1\2\x50 0123456789abcde\3\1\4\6\5\2\6\0";
    uint8_t              buf[PWWB_ENVELOPE_MAX];
    wb_control           read;
    const uint8_t       *key;
    size_t               len;

    len = wb_outer_seal(epoch, WB_LABEL_CONTROL, wb_span_of(bare, sizeof(bare) - 1), buf,
                        sizeof(buf));
    MUST(wb_control_open(w.of[2], wb_span_of(buf, len), &read, &key, NULL) == PWWB_E_KEY_UNKNOWN);
    put("under the tenant key", "control", 2, wb_span_of(buf, len));
    len = wb_control_seal(&control, epoch->keys->control, w.seed, buf, sizeof(buf));
    MUST(wb_control_open(w.of[2], wb_span_of(buf, len), &read, &key, NULL)
         == PWWB_E_NOT_AUTHENTIC);
    put("of another tenant", "control", 3, wb_span_of(buf, len));
    MUST(wb_control_read(wb_span_of(bare, sizeof(bare) - 1), &read) != PWWB_OK);
    len = wb_outer_seal_by(epoch->keys->control, epoch->control_kid, tenant, WB_LABEL_CONTROL,
                           wb_span_of(bare, sizeof(bare) - 1), buf, sizeof(buf));
    put("an answer without a digest", "control", 4, wb_span_of(buf, len));
}

static void
put_forged_order(const char *name, const wb_order *order, const uint8_t *seed, int step,
                 pwwb_status expected)
{
    uint8_t  sealed[PWWB_ENVELOPE_MAX], digest[WB_SHA256_SIZE];
    size_t   len;
    wb_order read;

    MUST(wb_order_seal(order, seed, sealed, sizeof(sealed), &len, digest, NULL) == PWWB_OK);
    MUST(wb_order_open(wb_span_of(sealed, len), w.portal_private, tenant, &read, digest, NULL)
         == expected);
    put(name, "order", step, wb_span_of(sealed, len));
}

static void
put_order_variants(void)
{
    wb_order       good = {.kind = PWWB_EXCHANGE_DISABLE, .id = "an order's id", .issued_s = NOW};
    wb_order       o;
    const uint8_t *other = w.of[2]->epochs[0].public_;

    memcpy(good.tenant, tenant, sizeof(tenant));
    memcpy(good.portal, w.portal, sizeof(w.portal));
    memcpy(good.identity, w.identity, sizeof(w.identity));
    memcpy(good.control_key, w.of[2]->epochs[0].keys->control, WB_KEY_SIZE);
    put_forged_order("signed by another", &good, w.portal_private, 4, PWWB_E_NOT_AUTHENTIC);
    o = good;
    memcpy(o.tenant, w.seed, sizeof(o.tenant));
    put_forged_order("of another tenant", &o, w.seed, 3, PWWB_E_NOT_AUTHENTIC);
    o      = good;
    o.kind = 5;
    put_forged_order("a kind that is none", &o, w.seed, 4, PWWB_E_MALFORMED);
    o = good;
    memcpy(o.portal, other, sizeof(o.portal));
    put_forged_order("to another portal key", &o, w.seed, 2, PWWB_E_NOT_AUTHENTIC);
}

static void
put_ticket(const char *name, const char *text)
{
    wb_ticket ticket;

    MUST(wb_ticket_parse(text, strlen(text), &ticket, NULL) != PWWB_OK);
    json_begin(NULL, '{');
    json_text("name", name);
    json_text("as", "ticket");
    json_int("step", 1);
    json_text("text", text);
    json_end('}');
}

static void
put_ticket_variants(void)
{
    wb_ticket t = {.expires_s = NOW, .address = "a", .credential = "c"};
    char      text[PWWB_TICKET_SIZE], changed[PWWB_TICKET_SIZE + 1];
    size_t    len;

    MUST(wb_ticket_print(&t, text, sizeof(text)) <= sizeof(text));
    len = strlen(text);
    strcpy(changed, text);
    changed[len / 2] = changed[len / 2] == 'B' ? 'C' : 'B';
    put_ticket("a character mistyped", changed);
    strcpy(changed, text);
    changed[len - 1] = '\0';
    put_ticket("the last character missing", changed);
    strcpy(changed, text);
    strcat(changed, "=");
    put_ticket("with padding", changed);
    strcpy(changed, text);
    changed[4] = '2';
    put_ticket("another version", changed);
}

void
put_refused_others(void)
{
    random_begin("refused others");
    put_reply_variants();
    put_heartbeat_variants();
    put_control_variants();
    put_order_variants();
    put_ticket_variants();
}
