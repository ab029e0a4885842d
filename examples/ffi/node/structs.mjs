// SPDX-License-Identifier: Apache-2.0
// The structs of the headers, field by field; the fields keep their names, so that the reference of the C library is
// the reference of these objects, too.
import koffi from 'koffi';

const id = koffi.array('uint8_t', 16, 'Typed');
const text = (octets) => koffi.array('char', octets, 'String');
const counters = koffi.array('uint64_t', 8, 'Array');

export const structs = {};
export const protos = {};
export const signatures = {}; // of the methods, for the test that compares them with the headers

function struct(name, fields) {
    structs[name] = koffi.struct(name, fields);
}
// What begins with `size` says how large it is, so that both sides can grow.
const sized = (name, fields) => struct(name, { size: 'size_t', ...fields });

// A function of the host's; what it is called by the library, whose pointers are decoded by their kind.
function method(name, result, ...args) {
    protos[name] = koffi.proto(name, result, args);
    signatures[name] = [result, ...args];
    return koffi.pointer(protos[name]);
}
const ctx = 'void *';
const err = 'void *';
const status = 'int32_t';
const destroy = 'void *'; // JavaScript lets go of things by itself

struct('pwwb_anchor', { kind: 'int32_t', guid: id });

sized('pwwb_found', { code: 'int32_t', candidates: 'int32_t', guid: id, directory: text(64) });

sized('pwwb_claims', {
    tenant: id, cti: id, iat: 'int64_t', exp: 'int64_t', operation: 'int32_t', origin: 'int32_t', actor: 'int32_t',
    user_type: 'int32_t', must_change: 'int32_t', flags: 'uint32_t', anchor: structs.pwwb_anchor, actor_id: id,
    reply_to: text(128),
});

sized('pwwb_policy_rules', {
    source: 'int32_t', min_length: 'int32_t', complexity: 'int32_t', history_length: 'int32_t',
    lockout_threshold: 'int32_t', max_length: 'int32_t', min_age_ms: 'int64_t', max_age_ms: 'int64_t',
    lockout_duration_ms: 'int64_t', lockout_window_ms: 'int64_t', source_dn: text(512),
});

sized('pwwb_account', {
    user_account_control: 'uint32_t', kind: 'int32_t', is_protected: 'int32_t', is_locked: 'int32_t',
    may_change: 'int32_t', bad_password_count: 'int32_t', bad_password_time_ms: 'int64_t',
    password_last_set_ms: 'int64_t', locked_since_ms: 'int64_t', locked_until_ms: 'int64_t',
    account_expires_ms: 'int64_t', password_expires_ms: 'int64_t', now_ms: 'int64_t', account_name: text(260),
    display_name: text(772), controller: text(260), password_written_ms: 'int64_t', dn: text(1024),
});

sized('pwwb_set', {
    guid: id, kind: 'int32_t', must_change: 'int32_t', unlock: 'int32_t', reserved: 'int32_t', password: 'void *',
    password_len: 'size_t', old_password: 'void *', old_password_len: 'size_t',
});

sized('pwwb_set_result', {
    code: 'int32_t', reserved: 'int32_t', password_last_set_ms: 'int64_t', findings: 'void *', controller: text(260),
});

sized('pwwb_journal_entry', {
    state: 'int32_t', reserved: 'int32_t', guid: id, password_last_set_ms: 'int64_t', reply_len: 'size_t',
    since_ms: 'int64_t',
});

sized('pwwb_message', {
    data: 'void *', len: 'size_t', id, expires_ms: 'int64_t', to: text(128), reply_to: text(128),
});

sized('pwwb_delivery', {
    len: 'size_t', tag: 'uint64_t', id, is_redelivered: 'int32_t', reserved: 'int32_t',
});

sized('pwwb_clock_ops', {
    wall_ms: method('wall_ms', 'int64_t', ctx), monotonic_ms: method('monotonic_ms', 'int64_t', ctx),
});

sized('pwwb_directory_ops', {
    find: method('directory_find', status, ctx, 'void *', 'int64_t', 'void *', err),
    read: method('directory_read', status, ctx, 'void *', 'int64_t', 'void *', 'void *', err),
    set: method('directory_set', status, ctx, 'void *', 'int64_t', 'void *', err),
    destroy,
    summary: method('directory_summary', status, ctx, 'int64_t', 'void *', err),
    changes: 'void *',
});

sized('pwwb_transport_ops', {
    send: method('transport_send', status, ctx, 'void *', 'int64_t', err),
    receive: method('transport_receive', status, ctx, 'void *', 'size_t', 'void *', 'int64_t', err),
    settle: method('transport_settle', status, ctx, 'uint64_t', 'int32_t', 'int64_t', err),
    address: 'void *',
    destroy,
    presence: 'void *',
    hold: 'void *',
});

sized('pwwb_keystore_ops', {
    load: method('keystore_load', status, ctx, 'void *', 'size_t', 'void *', 'void *', err),
    swap: method('keystore_swap', status, ctx, 'uint64_t', 'void *', 'size_t', err),
    destroy,
});

const clock = { clock: koffi.pointer(structs.pwwb_clock_ops), clock_ctx: 'void *' };
const audit = { audit: method('audit', status, ctx, 'void *'), audit_ctx: 'void *' };

sized('pwwb_keystore_options', {
    lock: 'int32_t', reserved: 'int32_t', secret: 'const uint8_t *', secret_len: 'size_t', secret_file: 'str',
    unwrap: 'void *', unwrap_ctx: 'void *', audit: 'void *', audit_ctx: 'void *',
});

sized('pwwb_keyring_info', {
    tenant: id, half: 'int32_t', state: 'int32_t', order: 'int32_t', has_ticket: 'int32_t', generation: 'uint64_t',
    version: 'uint64_t', epoch_count: 'size_t', fingerprint: text(20),
});

sized('pwwb_epoch_info', {
    generation: 'uint64_t', state: 'int32_t', suite: 'int32_t', created_s: 'int64_t', since_s: 'int64_t',
    is_host_key: 'int32_t', slot: 'int32_t',
});

sized('pwwb_exchange_options', {
    ...clock, suite: 'int32_t', reserved: 'int32_t', roll_ms: 'int64_t', open_only_ms: 'int64_t',
    resend_ms: 'int64_t', relay_set_secret: 'void *', relay_ctx: 'void *',
});

sized('pwwb_ticket', { tenant: id, life_s: 'int64_t', relay_address: 'str', relay_credential: 'str' });

sized('pwwb_exchange_event', {
    kind: 'int32_t', code: 'int32_t', is_repeat: 'int32_t', state: 'int32_t', generation: 'uint64_t',
});

sized('pwwb_portal_options', {
    ...clock, life_s: 'int32_t', cache_ms: 'int32_t', store: 'void *', watch: 'void *', ...audit,
    audit_required: 'int32_t', reserved: 'int32_t',
});

sized('pwwb_watch_options', {
    ...clock, keyring: 'void *', stale_s: 'int32_t', skew_s: 'int32_t', version_least: 'int32_t', reserved: 'int32_t',
});

sized('pwwb_watch_info', {
    state: 'int32_t', code: 'int32_t', agents: 'int32_t', agents_up: 'int32_t', agents_stopped: 'int32_t',
    agents_silent: 'int32_t', agents_skewed: 'int32_t', version: 'int32_t', directories: 'int32_t',
    directories_up: 'int32_t', heard_ms: 'int64_t', skew_ms: 'int64_t', key_age_s: 'int64_t', counters,
    min_length: 'int32_t', complexity: 'int32_t', history_length: 'int32_t', rules_source: 'int32_t',
    min_age_s: 'int64_t', max_age_s: 'int64_t',
});

sized('pwwb_heartbeat', {
    agent_id: id, boot_id: id, sequence: 'uint64_t', time_ms: 'int64_t', health: 'int32_t', reserved: 'int32_t',
    key_age_s: 'int64_t', counters, min_length: 'int32_t', complexity: 'int32_t', history_length: 'int32_t',
    rules_source: 'int32_t', min_age_s: 'int64_t', max_age_s: 'int64_t', version: 'int32_t', directories: 'int32_t',
    directories_up: 'int32_t', reserved2: 'int32_t',
});

sized('pwwb_writeback_options', {
    ...clock, skew_ms: 'int64_t', flags: 'uint32_t', reserved: 'uint32_t', filters: 'void *', filter_count: 'size_t',
    ...audit, audit_required: 'int32_t', reserved2: 'int32_t', limits: 'void *',
});

sized('pwwb_agent_options', {
    keyring: 'void *', transport: 'void *', journal: 'void *', anchors: 'void *',
    writeback: koffi.pointer(structs.pwwb_writeback_options), timeout_ms: 'int64_t', exchange: 'void *', agent_id: id,
    heartbeat_s: 'int32_t', reserved: 'int32_t', lead: 'void *',
});

sized('pwwb_tls_options', { ca: 'const uint8_t *', ca_len: 'size_t', ca_file: 'str', name: 'str' });

sized('pwwb_amqp_options', {
    end: 'int32_t', credit: 'int32_t', host: 'str', port: 'int32_t', is_websocket: 'int32_t', path: 'str',
    proxy_host: 'str', proxy_port: 'int32_t', reserved: 'int32_t', proxy_user: 'str', proxy_secret: 'str',
    tls: koffi.pointer(structs.pwwb_tls_options), user: 'str', secret: 'const uint8_t *', secret_len: 'size_t',
    requests: 'str', portals: 'str', heartbeats_to: 'str', heartbeats_from: 'str', replies: 'str', name: 'str',
    connect_ms: 'int64_t', idle_ms: 'int64_t', longest_ms: 'int64_t', open: 'void *', open_ctx: 'void *', ...clock,
});

// What a field is when nobody says: 0, nothing, or as many zeros as it holds.
function zero(type) {
    const { primitive, hint, length, members } = koffi.introspect(koffi.resolve(type));
    if (primitive === 'Array')
        return hint === 'String' ? '' : new Array(length).fill(0);
    if (primitive === 'Record')
        return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, zero(member.type)]));
    return /^U?Int|^Float/.test(primitive) ? 0 : null;
}

function known(name, fields) {
    const { members } = koffi.introspect(structs[name]);
    const wrong = Object.keys(fields).find((key) => !(key in members));
    if (wrong !== undefined)
        throw new TypeError(`${name} has no field ${wrong}`);
    return members;
}

/** A struct with its size set, and the given fields; the rest is zero. */
export function make(name, fields = {}) {
    const members = known(name, fields);
    return { ...zero(structs[name]), ...('size' in members ? { size: koffi.sizeof(structs[name]) } : {}), ...fields };
}

/** Write fields into a struct that the library holds out; the others stay as it prepared them. */
export function fill(pointer, name, fields) {
    known(name, fields);
    koffi.encode(pointer, structs[name], { ...read(pointer, name), ...fields });
}

/** Read a struct of the library's. */
export const read = (pointer, name) => koffi.decode(pointer, structs[name]);

/** A copy of octets of the library's. */
export function copy(pointer, length) {
    const octets = Buffer.alloc(Number(length)); // of its own, not of a pool: it can be wiped
    if (pointer === null || octets.length === 0)
        return octets;
    const read = koffi.decode(pointer, 'uint8_t', octets.length);
    octets.set(read);
    read.fill(0);
    return octets;
}
