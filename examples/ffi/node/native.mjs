// SPDX-License-Identifier: Apache-2.0
// The functions of the headers, by their names without `pwwb_`. PWWB_LIB and PWWB_AMQP_LIB say where the libraries are,
// or use() before anything else is called; else the system's are taken.
import koffi from 'koffi';
import './structs.mjs';

const paths = {
    core: process.env.PWWB_LIB || 'libpwwb.so.0',
    amqp: process.env.PWWB_AMQP_LIB || 'libpwwb-amqp.so.0',
};

const buffer = '_Out_ uint8_t *buf, size_t buf_size, _Out_ size_t *ret_len';
const passwords = 'const uint8_t *password, size_t password_len, const uint8_t *old_password, size_t old_password_len';

const core = `
int32_t pwwb_version_number()
int32_t pwwb_has_feature(int32_t feature)
void *pwwb_error_new()
const char *pwwb_error_message(void *error)
int32_t pwwb_error_layer(void *error)
int64_t pwwb_error_code(void *error)
int32_t pwwb_error_set(void *error, int32_t status, const char *message)
const char *pwwb_status_name(int32_t status)
int32_t pwwb_status_class(int32_t status)

int32_t pwwb_code_at(size_t index)
const char *pwwb_code_name(int32_t code)
int32_t pwwb_code_class(int32_t code)
int32_t pwwb_code_outcome(int32_t code)
const char *pwwb_code_user_text(int32_t code)
const char *pwwb_code_operator_text(int32_t code)
const char *pwwb_code_alias(int32_t code)
const char *pwwb_outcome_name(int32_t outcome)
void *pwwb_findings_new()
void pwwb_findings_free(void *findings)
int32_t pwwb_findings_get(const void *findings, size_t index, _Out_ int32_t *code, _Out_ int32_t *basis,
    _Out_ int64_t *limit, _Out_ int64_t *actual)
int32_t pwwb_findings_add(void *findings, int32_t code, int32_t basis, int64_t limit, int64_t actual)

int32_t pwwb_anchor_parse(const char *text, size_t text_len, _Out_ pwwb_anchor *ret_anchor, void *err)
int32_t pwwb_anchor_print(const pwwb_anchor *anchor, ${buffer}, void *err)
int32_t pwwb_guid_parse(const char *text, size_t text_len, _Out_ uint8_t *ret_guid, void *err)
void pwwb_guid_print(const uint8_t *guid, _Out_ uint8_t *buf)

int32_t pwwb_keyring_new(const uint8_t *tenant, int32_t suite, _Out_ void **ret_keyring, void *err)
int32_t pwwb_keyring_seal(const void *keyring, int32_t half, int32_t lock, const uint8_t *secret,
    size_t secret_len, ${buffer}, void *err)
int32_t pwwb_keyring_open(const uint8_t *sealed, size_t sealed_len, int32_t lock, const uint8_t *secret,
    size_t secret_len, _Out_ void **ret_keyring, void *err)
void pwwb_keyring_free(void *keyring)
int32_t pwwb_keyring_describe(void *keyring, _Inout_ pwwb_keyring_info *ret_info, void *err)
int32_t pwwb_keyring_describe_epoch(void *keyring, size_t index, _Inout_ pwwb_epoch_info *ret_info, void *err)
int32_t pwwb_keystore_new(const pwwb_keystore_ops *ops, void *ctx, const pwwb_keystore_options *options,
    _Out_ void **ret_store, void *err)
int32_t pwwb_keystore_new_file(const char *path, const pwwb_keystore_options *options, _Out_ void **ret_store,
    void *err)
void pwwb_keystore_free(void *store)
int32_t pwwb_keystore_load(void *store, _Out_ void **ret_keyring, void *err)
int32_t pwwb_keystore_put(void *store, const void *keyring, int32_t half, void *err)

int32_t pwwb_exchange_new(void *store, int32_t half, const pwwb_exchange_options *options,
    _Out_ void **ret_exchange, void *err)
void pwwb_exchange_free(void *exchange)
int32_t pwwb_exchange_ticket(void *exchange, const pwwb_ticket *ticket, ${buffer}, void *err)
int32_t pwwb_exchange_begin(void *exchange, int32_t kind, const uint8_t *ticket, size_t ticket_len, void *err)
int32_t pwwb_exchange_step(void *exchange, ${buffer}, void *err)
int32_t pwwb_exchange_take(void *exchange, const uint8_t *sealed, size_t sealed_len, ${buffer},
    _Inout_ pwwb_exchange_event *ret_event, void *err)
int32_t pwwb_exchange_confirm(void *exchange, const char *fingerprint, size_t fingerprint_len, void *err)

int32_t pwwb_request_seal(const void *keyring, _Inout_ pwwb_claims *claims, ${passwords}, ${buffer}, void *err)
int32_t pwwb_request_new(_Out_ void **ret_request, void *err)
void pwwb_request_free(void *request)
int32_t pwwb_request_open(void *request, void *keyring, const uint8_t *sealed, size_t sealed_len, int64_t now,
    int64_t skew, void *err)
void *pwwb_request_claims(void *request)
int32_t pwwb_request_open_secret(void *request, void *err)
void *pwwb_request_password(void *request, _Out_ size_t *ret_len)
void *pwwb_request_old_password(void *request, _Out_ size_t *ret_len)
void pwwb_request_wipe(void *request)
int32_t pwwb_reply_seal(void *request, int32_t code, const void *findings, const char *controller, int64_t now_ms,
    ${buffer}, void *err)
int32_t pwwb_reply_new(_Out_ void **ret_reply, void *err)
void pwwb_reply_free(void *reply)
int32_t pwwb_reply_open(void *reply, const void *keyring, const uint8_t *cti, const uint8_t *sealed,
    size_t sealed_len, void *err)
int32_t pwwb_reply_outcome(void *reply)
int32_t pwwb_reply_code(void *reply)
const void *pwwb_reply_findings(void *reply)
const char *pwwb_reply_controller(void *reply)
int64_t pwwb_reply_time_ms(void *reply)
int32_t pwwb_operation_check(const pwwb_claims *claims)

int32_t pwwb_heartbeat_open(const void *keyring, const uint8_t *sealed, size_t sealed_len, const void *last,
    size_t last_count, int64_t now, int64_t skew, _Inout_ pwwb_heartbeat *ret_heartbeat, void *err)
int32_t pwwb_watch_new(const pwwb_watch_options *options, _Out_ void **ret_watch, void *err)
void pwwb_watch_free(void *watch)
int32_t pwwb_watch_take(void *watch, const void *keyring, const uint8_t *sealed, size_t sealed_len, void *err)
int32_t pwwb_watch_describe(void *watch, _Inout_ pwwb_watch_info *ret_info, void *err)
int32_t pwwb_watch_describe_agent(void *watch, size_t index, _Inout_ pwwb_heartbeat *ret_last, _Out_ int32_t *ret_state,
    _Out_ int64_t *ret_age_s, void *err)

int32_t pwwb_policy_new(const pwwb_policy_rules *rules, _Out_ void **ret_policy, void *err)
void pwwb_policy_free(void *policy)
int32_t pwwb_policy_check(const void *policy, const pwwb_account *account, int32_t kind, const uint8_t *password,
    size_t password_len, void *findings, _Out_ int32_t *ret_verdict, void *err)

int32_t pwwb_directory_new(const pwwb_directory_ops *ops, void *ctx, _Out_ void **ret_directory, void *err)
void pwwb_directory_free(void *directory)
int32_t pwwb_transport_new(const pwwb_transport_ops *ops, void *ctx, _Out_ void **ret_transport, void *err)
void pwwb_transport_free(void *transport)
int32_t pwwb_relay_new(size_t capacity, const pwwb_clock_ops *clock, void *clock_ctx, _Out_ void **ret_relay,
    void *err)
int32_t pwwb_transport_new_relay(void *relay, int32_t end, _Out_ void **ret_transport, void *err)
void pwwb_relay_free(void *relay)
int32_t pwwb_journal_new_memory(size_t capacity, const pwwb_clock_ops *clock, void *clock_ctx,
    _Out_ void **ret_journal, void *err)
void pwwb_journal_free(void *journal)

int32_t pwwb_writeback_new(void *keyring, const pwwb_writeback_options *options, _Out_ void **ret_writeback,
    void *err)
void pwwb_writeback_free(void *writeback)
int32_t pwwb_writeback_begin(void *writeback, const uint8_t *sealed, size_t sealed_len, void *err)
int32_t pwwb_writeback_need(void *writeback)
void *pwwb_writeback_claims(void *writeback)
void *pwwb_writeback_digest(void *writeback)
void *pwwb_writeback_target(void *writeback)
int64_t pwwb_writeback_last_set_ms(void *writeback)
int32_t pwwb_writeback_to_set(void *writeback, _Inout_ pwwb_set *ret_set, _Out_ int64_t *ret_max_ms, void *err)
int32_t pwwb_writeback_claimed(void *writeback, const pwwb_journal_entry *entry, const uint8_t *reply, size_t reply_len,
    void *err)
int32_t pwwb_writeback_found(void *writeback, const pwwb_found *found, void *err)
int32_t pwwb_writeback_account_read(void *writeback, const pwwb_account *account, const pwwb_policy_rules *rules,
    void *err)
int32_t pwwb_writeback_looked_up(void *writeback, int32_t ours, void *err)
int32_t pwwb_writeback_recorded(void *writeback, void *err)
int32_t pwwb_writeback_set_done(void *writeback, const pwwb_set_result *result, void *err)
int32_t pwwb_writeback_finished(void *writeback, void *err)
int32_t pwwb_writeback_unclaimed(void *writeback, void *err)
int32_t pwwb_writeback_failed(void *writeback, int32_t status, void *err)
void *pwwb_writeback_reply(void *writeback, _Out_ size_t *ret_len)
int32_t pwwb_writeback_code(void *writeback)
void pwwb_writeback_wipe(void *writeback)

int32_t pwwb_agent_new(const pwwb_agent_options *options, _Out_ void **ret_agent, void *err)
void pwwb_agent_free(void *agent)
int32_t pwwb_agent_add_directory(void *agent, const char *name, void *directory, void *err)
int32_t pwwb_agent_step(void *agent, int64_t timeout_ms, void *err)
int32_t pwwb_agent_run(void *agent, void *err)
void pwwb_agent_stop(void *agent)
uint64_t pwwb_agent_count(void *agent, int32_t counter)

int32_t pwwb_portal_new(void *keyring, const pwwb_portal_options *options, _Out_ void **ret_portal, void *err)
void pwwb_portal_free(void *portal)
int32_t pwwb_portal_begin(void *portal, _Inout_ pwwb_claims *claims, ${passwords}, ${buffer},
    _Out_ int32_t *ret_code, void *err)
int32_t pwwb_portal_sent(void *portal, const pwwb_claims *claims, int32_t sent, void *reply, _Out_ int32_t *ret_is_over,
    void *err)
int32_t pwwb_portal_finish(void *portal, const pwwb_claims *claims, const uint8_t *sealed, size_t sealed_len,
    void *reply, void *err)
const void *pwwb_portal_findings(void *portal)
int32_t pwwb_portal_call(void *portal, void *transport, _Inout_ pwwb_claims *claims, ${passwords},
    int64_t timeout_ms, void *reply, void *err)
int32_t pwwb_portal_serve(void *exchange, void *watch, void *transport, int64_t timeout_ms,
    _Inout_ pwwb_exchange_event *ret_event, void *err)
int32_t pwwb_audit_print(const void *event, ${buffer}, void *err)
`;
const amqp = `
int32_t pwwb_transport_new_amqp(const pwwb_amqp_options *options, _Out_ void **ret_transport, void *err)
`;

const name = (prototype) => /pwwb_(\w+)\(/.exec(prototype)[1];
const split = (text) => text.split(/\n(?=\S)/).map((one) => one.replace(/\s+/g, ' ').trim()).filter(Boolean);
const where = new Map([[core, 'core'], [amqp, 'amqp']].flatMap(([text, library]) =>
    split(text).map((prototype) => [name(prototype), { prototype, library }])));
const libraries = new Map();
const functions = new Map();

/** Every prototype, as it is declared here: for the test that compares them with the headers. */
export const prototypes = [...split(core), ...split(amqp)];

/** Where the libraries are, before the first call. */
export function use(wanted) {
    if (libraries.size > 0)
        throw new Error('a library is loaded already');
    Object.assign(paths, wanted);
}

function load(path) {
    try {
        return koffi.load(path);
    } catch (failure) {
        throw new Error(`${path} cannot be loaded; PWWB_LIB and PWWB_AMQP_LIB say where the libraries are`,
            { cause: failure });
    }
}

/** A function of the library, loaded when it is first wanted. */
export function native(wanted) {
    if (!functions.has(wanted)) {
        const { prototype, library } = where.get(wanted);
        if (!libraries.has(library))
            libraries.set(library, load(paths[library]));
        functions.set(wanted, libraries.get(library).func(prototype));
    }
    return functions.get(wanted);
}
