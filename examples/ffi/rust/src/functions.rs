// SPDX-License-Identifier: Apache-2.0
//! The functions of libpwwb that the binding calls.
use super::*;

#[link(name = "pwwb")]
extern "C" {
    pub fn pwwb_version_number() -> i32;
    pub fn pwwb_has_feature(feature: i32) -> i32;

    pub fn pwwb_error_new() -> *mut pwwb_error;
    pub fn pwwb_error_free(error: *mut pwwb_error);
    pub fn pwwb_error_message(error: *const pwwb_error) -> *const c_char;
    pub fn pwwb_error_layer(error: *const pwwb_error) -> i32;
    pub fn pwwb_error_code(error: *const pwwb_error) -> i64;
    pub fn pwwb_error_set(error: *mut pwwb_error, status: pwwb_status, message: *const c_char)
        -> pwwb_status;
    pub fn pwwb_status_name(status: pwwb_status) -> *const c_char;
    pub fn pwwb_status_class(status: pwwb_status) -> i32;

    pub fn pwwb_code_name(code: i32) -> *const c_char;
    pub fn pwwb_code_class(code: i32) -> i32;
    pub fn pwwb_code_outcome(code: i32) -> i32;
    pub fn pwwb_code_user_text(code: i32) -> *const c_char;
    pub fn pwwb_code_operator_text(code: i32) -> *const c_char;
    pub fn pwwb_outcome_name(outcome: i32) -> *const c_char;
    pub fn pwwb_findings_new() -> *mut pwwb_findings;
    pub fn pwwb_findings_free(findings: *mut pwwb_findings);
    pub fn pwwb_findings_count(findings: *const pwwb_findings) -> usize;
    pub fn pwwb_findings_get(
        findings: *const pwwb_findings, index: usize, ret_code: *mut i32, ret_basis: *mut i32,
        ret_limit: *mut i64, ret_actual: *mut i64,
    ) -> pwwb_status;
    pub fn pwwb_findings_add(
        findings: *mut pwwb_findings, code: i32, basis: i32, limit: i64, actual: i64,
    ) -> pwwb_status;

    pub fn pwwb_anchor_parse(
        text: *const c_char, text_len: usize, ret_anchor: *mut pwwb_anchor, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_anchor_print(
        anchor: *const pwwb_anchor, buf: *mut c_char, buf_size: usize, ret_len: *mut usize,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_guid_parse(
        text: *const c_char, text_len: usize, ret_guid: *mut u8, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_guid_print(guid: *const u8, buf: *mut c_char);

    pub fn pwwb_keyring_new(
        tenant: *const u8, suite: i32, ret_keyring: *mut *mut pwwb_keyring, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keyring_seal(
        keyring: *const pwwb_keyring, half: i32, lock: i32, secret: *const u8, secret_len: usize,
        buf: *mut u8, buf_size: usize, ret_len: *mut usize, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keyring_open(
        sealed: *const u8, sealed_len: usize, lock: i32, secret: *const u8, secret_len: usize,
        ret_keyring: *mut *mut pwwb_keyring, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keyring_ref(keyring: *mut pwwb_keyring) -> *mut pwwb_keyring;
    pub fn pwwb_keyring_free(keyring: *mut pwwb_keyring);
    pub fn pwwb_keyring_describe(
        keyring: *const pwwb_keyring, ret_info: *mut pwwb_keyring_info, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keyring_describe_epoch(
        keyring: *const pwwb_keyring, index: usize, ret_info: *mut pwwb_epoch_info, err: *mut pwwb_error,
    ) -> pwwb_status;

    pub fn pwwb_keystore_new(
        ops: *const pwwb_keystore_ops, ctx: *mut c_void, options: *const pwwb_keystore_options,
        ret_store: *mut *mut pwwb_keystore, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keystore_new_file(
        path: *const c_char, options: *const pwwb_keystore_options, ret_store: *mut *mut pwwb_keystore,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keystore_free(store: *mut pwwb_keystore);
    pub fn pwwb_keystore_load(
        store: *mut pwwb_keystore, ret_keyring: *mut *mut pwwb_keyring, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_keystore_put(
        store: *mut pwwb_keystore, keyring: *const pwwb_keyring, half: i32, err: *mut pwwb_error,
    ) -> pwwb_status;

    pub fn pwwb_exchange_new(
        store: *mut pwwb_keystore, half: i32, options: *const pwwb_exchange_options,
        ret_exchange: *mut *mut pwwb_exchange, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_exchange_free(exchange: *mut pwwb_exchange);
    pub fn pwwb_exchange_ticket(
        exchange: *mut pwwb_exchange, ticket: *const pwwb_ticket, text: *mut c_char, text_size: usize,
        ret_len: *mut usize, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_exchange_begin(
        exchange: *mut pwwb_exchange, kind: i32, ticket: *const c_char, ticket_len: usize,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_exchange_step(
        exchange: *mut pwwb_exchange, buf: *mut u8, buf_size: usize, ret_len: *mut usize,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_exchange_take(
        exchange: *mut pwwb_exchange, sealed: *const u8, sealed_len: usize, buf: *mut u8, buf_size: usize,
        ret_len: *mut usize, ret_event: *mut pwwb_exchange_event, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_exchange_confirm(
        exchange: *mut pwwb_exchange, fingerprint: *const c_char, fingerprint_len: usize,
        err: *mut pwwb_error,
    ) -> pwwb_status;

    pub fn pwwb_request_seal(
        keyring: *const pwwb_keyring, claims: *mut pwwb_claims, password: *const u8, password_len: usize,
        old_password: *const u8, old_password_len: usize, buf: *mut u8, buf_size: usize, ret_len: *mut usize,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_request_new(ret_request: *mut *mut pwwb_request, err: *mut pwwb_error) -> pwwb_status;
    pub fn pwwb_request_free(request: *mut pwwb_request);
    pub fn pwwb_request_open(
        request: *mut pwwb_request, keyring: *mut pwwb_keyring, sealed: *const u8, sealed_len: usize,
        now: i64, skew: i64, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_request_claims(request: *const pwwb_request) -> *const pwwb_claims;
    pub fn pwwb_request_open_secret(request: *mut pwwb_request, err: *mut pwwb_error) -> pwwb_status;
    pub fn pwwb_request_password(request: *const pwwb_request, ret_len: *mut usize) -> *const u8;
    pub fn pwwb_request_old_password(request: *const pwwb_request, ret_len: *mut usize) -> *const u8;
    pub fn pwwb_request_wipe(request: *mut pwwb_request);
    pub fn pwwb_reply_seal(
        request: *const pwwb_request, code: i32, findings: *const pwwb_findings, controller: *const c_char,
        now_ms: i64, buf: *mut u8, buf_size: usize, ret_len: *mut usize, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_reply_new(ret_reply: *mut *mut pwwb_reply, err: *mut pwwb_error) -> pwwb_status;
    pub fn pwwb_reply_free(reply: *mut pwwb_reply);
    pub fn pwwb_reply_open(
        reply: *mut pwwb_reply, keyring: *const pwwb_keyring, cti: *const u8, sealed: *const u8,
        sealed_len: usize, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_reply_outcome(reply: *const pwwb_reply) -> i32;
    pub fn pwwb_reply_code(reply: *const pwwb_reply) -> i32;
    pub fn pwwb_reply_findings(reply: *const pwwb_reply) -> *const pwwb_findings;
    pub fn pwwb_reply_controller(reply: *const pwwb_reply) -> *const c_char;
    pub fn pwwb_reply_time_ms(reply: *const pwwb_reply) -> i64;
    pub fn pwwb_operation_check(claims: *const pwwb_claims) -> i32;
    pub fn pwwb_heartbeat_open(
        keyring: *const pwwb_keyring, sealed: *const u8, sealed_len: usize, last: *const pwwb_heartbeat,
        last_count: usize, now: i64, skew: i64, ret_heartbeat: *mut pwwb_heartbeat, err: *mut pwwb_error,
    ) -> pwwb_status;

    pub fn pwwb_policy_new(
        rules: *const pwwb_policy_rules, ret_policy: *mut *mut pwwb_policy, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_policy_free(policy: *mut pwwb_policy);
    pub fn pwwb_policy_check(
        policy: *const pwwb_policy, account: *const pwwb_account, kind: i32, password: *const u8,
        password_len: usize, findings: *mut pwwb_findings, ret_verdict: *mut i32, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_policy_print(
        rules: *const pwwb_policy_rules, account: *const pwwb_account, buf: *mut c_char, buf_size: usize,
        ret_len: *mut usize, err: *mut pwwb_error,
    ) -> pwwb_status;

    pub fn pwwb_transport_new(
        ops: *const pwwb_transport_ops, ctx: *mut c_void, ret_transport: *mut *mut pwwb_transport,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_transport_free(transport: *mut pwwb_transport);
    pub fn pwwb_relay_new(
        capacity: usize, clock: *const pwwb_clock_ops, clock_ctx: *mut c_void,
        ret_relay: *mut *mut pwwb_relay, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_transport_new_relay(
        relay: *mut pwwb_relay, end: i32, ret_transport: *mut *mut pwwb_transport, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_relay_free(relay: *mut pwwb_relay);
    pub fn pwwb_directory_new(
        ops: *const pwwb_directory_ops, ctx: *mut c_void, ret_directory: *mut *mut pwwb_directory,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_directory_free(directory: *mut pwwb_directory);
    pub fn pwwb_journal_new_memory(
        capacity: usize, clock: *const pwwb_clock_ops, clock_ctx: *mut c_void,
        ret_journal: *mut *mut pwwb_journal, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_journal_free(journal: *mut pwwb_journal);

    pub fn pwwb_agent_new(
        options: *const pwwb_agent_options, ret_agent: *mut *mut pwwb_agent, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_agent_free(agent: *mut pwwb_agent);
    pub fn pwwb_agent_add_directory(
        agent: *mut pwwb_agent, name: *const c_char, directory: *mut pwwb_directory, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_agent_set_log(agent: *mut pwwb_agent, log: pwwb_log_fn, ctx: *mut c_void);
    pub fn pwwb_agent_step(agent: *mut pwwb_agent, timeout_ms: i64, err: *mut pwwb_error) -> pwwb_status;
    pub fn pwwb_agent_run(agent: *mut pwwb_agent, err: *mut pwwb_error) -> pwwb_status;
    pub fn pwwb_agent_stop(agent: *mut pwwb_agent);
    pub fn pwwb_agent_count(agent: *const pwwb_agent, counter: i32) -> u64;

    pub fn pwwb_portal_new(
        keyring: *mut pwwb_keyring, options: *const pwwb_portal_options, ret_portal: *mut *mut pwwb_portal,
        err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_portal_free(portal: *mut pwwb_portal);
    pub fn pwwb_portal_begin(
        portal: *mut pwwb_portal, claims: *mut pwwb_claims, password: *const u8, password_len: usize,
        old_password: *const u8, old_password_len: usize, buf: *mut u8, buf_size: usize, ret_len: *mut usize,
        ret_code: *mut i32, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_portal_sent(
        portal: *mut pwwb_portal, claims: *const pwwb_claims, sent: pwwb_status, reply: *mut pwwb_reply,
        ret_is_over: *mut i32, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_portal_finish(
        portal: *mut pwwb_portal, claims: *const pwwb_claims, sealed: *const u8, sealed_len: usize,
        reply: *mut pwwb_reply, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_portal_findings(portal: *const pwwb_portal) -> *const pwwb_findings;
    pub fn pwwb_portal_call(
        portal: *mut pwwb_portal, transport: *mut pwwb_transport, claims: *mut pwwb_claims,
        password: *const u8, password_len: usize, old_password: *const u8, old_password_len: usize,
        timeout_ms: i64, reply: *mut pwwb_reply, err: *mut pwwb_error,
    ) -> pwwb_status;
    pub fn pwwb_portal_serve(
        exchange: *mut pwwb_exchange, watch: *mut pwwb_watch, transport: *mut pwwb_transport,
        timeout_ms: i64, ret_event: *mut pwwb_exchange_event, err: *mut pwwb_error,
    ) -> pwwb_status;
}
