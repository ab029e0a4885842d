// SPDX-License-Identifier: Apache-2.0
//! The C side as it is: structs and functions of <pwwb/...>, by their own names.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

pub type pwwb_status = i32;
pub type Id = [u8; 16];

pub const ADDRESS_SIZE: usize = 128;
pub const ANCHOR_TEXT_SIZE: usize = 48;
pub const DIRECTORY_NAME_SIZE: usize = 64;
pub const ENVELOPE_MAX: usize = 4096;
pub const FINGERPRINT_SIZE: usize = 20;
pub const KEYRING_MAX: usize = 8192;
pub const POLICY_TEXT_SIZE: usize = 4096;
pub const TICKET_SIZE: usize = 768;

/// A struct as it lies here: its name, size, alignment, and name, offset and size of its fields.
pub struct Layout {
    pub name: &'static str,
    pub size: usize,
    pub align: usize,
    pub fields: Vec<(&'static str, usize, usize)>,
}

/// Each struct as C has it, all zero by `zeroed()`, and where its fields are.
macro_rules! structs {
    ($($name:ident { $($field:ident: $kind:ty,)* })*) => {
        $(#[repr(C)]
        #[derive(Clone, Copy)]
        pub struct $name { $(pub $field: $kind,)* }

        impl $name {
            /// All zero, which is a value of every field: numbers, arrays, pointers, optional functions.
            pub fn zeroed() -> Self {
                unsafe { std::mem::zeroed() }
            }
        })*

        #[allow(dead_code)]
        pub fn layouts() -> Vec<Layout> {
            vec![$({
                let value = std::mem::MaybeUninit::<$name>::uninit();
                let base = value.as_ptr();
                Layout {
                    name: stringify!($name),
                    size: std::mem::size_of::<$name>(),
                    align: std::mem::align_of::<$name>(),
                    fields: vec![$((
                        stringify!($field).trim_start_matches("r#"),
                        unsafe { std::ptr::addr_of!((*base).$field) } as usize - base as usize,
                        std::mem::size_of::<$kind>(),
                    )),*],
                }
            }),*]
        }
    };
}

/// Structs whose fields nobody sees.
macro_rules! opaque {
    ($($name:ident)*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}

opaque! {
    pwwb_agent pwwb_anchors pwwb_directory pwwb_error pwwb_exchange pwwb_findings pwwb_journal
    pwwb_keyring pwwb_keystore pwwb_limits pwwb_policy pwwb_portal pwwb_relay pwwb_reply pwwb_request
    pwwb_transport pwwb_unwrap_ops pwwb_watch
}

pub type pwwb_log_fn =
    Option<unsafe extern "C" fn(ctx: *mut c_void, level: i32, room: *const c_char, message: *const c_char)>;
type destroy_fn = Option<unsafe extern "C" fn(ctx: *mut c_void)>;
/// A method, or the place of a callback, that this binding leaves empty.
type unused_fn = Option<unsafe extern "C" fn()>;

structs! {
    pwwb_clock_ops {
        size: usize,
        wall_ms: Option<unsafe extern "C" fn(*mut c_void) -> i64>,
        monotonic_ms: Option<unsafe extern "C" fn(*mut c_void) -> i64>,
    }
    pwwb_anchor { kind: i32, guid: Id, }
    pwwb_found {
        size: usize, code: i32, candidates: i32, guid: Id, directory: [c_char; DIRECTORY_NAME_SIZE],
    }
    pwwb_policy_rules {
        size: usize, source: i32, min_length: i32, complexity: i32, history_length: i32,
        lockout_threshold: i32, max_length: i32, min_age_ms: i64, max_age_ms: i64,
        lockout_duration_ms: i64, lockout_window_ms: i64, source_dn: [c_char; 512],
    }
    pwwb_account {
        size: usize, user_account_control: u32, kind: i32, is_protected: i32, is_locked: i32,
        may_change: i32, bad_password_count: i32, bad_password_time_ms: i64,
        password_last_set_ms: i64, locked_since_ms: i64, locked_until_ms: i64,
        account_expires_ms: i64, password_expires_ms: i64, now_ms: i64,
        account_name: [c_char; 260], display_name: [c_char; 772], controller: [c_char; 260],
        password_written_ms: i64, dn: [c_char; 1024],
    }
    pwwb_claims {
        size: usize, tenant: Id, cti: Id, iat: i64, exp: i64, operation: i32, origin: i32, actor: i32,
        user_type: i32, must_change: i32, flags: u32, anchor: pwwb_anchor, actor_id: Id,
        reply_to: [c_char; ADDRESS_SIZE],
    }
    pwwb_keyring_info {
        size: usize, tenant: Id, half: i32, state: i32, order: i32, has_ticket: i32, generation: u64,
        version: u64, epoch_count: usize, fingerprint: [c_char; FINGERPRINT_SIZE],
    }
    pwwb_epoch_info {
        size: usize, generation: u64, state: i32, suite: i32, created_s: i64, since_s: i64,
        is_host_key: i32, slot: i32,
    }
    pwwb_keystore_ops {
        size: usize,
        load: Option<unsafe extern "C" fn(*mut c_void, *mut u8, usize, *mut usize, *mut u64,
                                          *mut pwwb_error) -> pwwb_status>,
        swap: Option<unsafe extern "C" fn(*mut c_void, u64, *const u8, usize, *mut pwwb_error)
                                          -> pwwb_status>,
        destroy: destroy_fn,
    }
    pwwb_keystore_options {
        size: usize, lock: i32, reserved: i32, secret: *const u8, secret_len: usize,
        secret_file: *const c_char, unwrap: *const pwwb_unwrap_ops, unwrap_ctx: *mut c_void,
        audit: unused_fn, audit_ctx: *mut c_void,
    }
    pwwb_exchange_options {
        size: usize, clock: *const pwwb_clock_ops, clock_ctx: *mut c_void, suite: i32, reserved: i32,
        roll_ms: i64, open_only_ms: i64, resend_ms: i64, relay_set_secret: unused_fn,
        relay_ctx: *mut c_void,
    }
    pwwb_ticket {
        size: usize, tenant: Id, life_s: i64, relay_address: *const c_char,
        relay_credential: *const c_char,
    }
    pwwb_exchange_event {
        size: usize, kind: i32, code: i32, is_repeat: i32, state: i32, generation: u64,
    }
    pwwb_heartbeat {
        size: usize, agent_id: Id, boot_id: Id, sequence: u64, time_ms: i64, health: i32,
        reserved: i32, key_age_s: i64, counters: [u64; 8], min_length: i32, complexity: i32,
        history_length: i32, rules_source: i32, min_age_s: i64, max_age_s: i64, version: i32,
        directories: i32, directories_up: i32, reserved2: i32,
    }
    pwwb_message {
        size: usize, data: *const u8, len: usize, id: Id, expires_ms: i64, to: [c_char; ADDRESS_SIZE],
        reply_to: [c_char; ADDRESS_SIZE],
    }
    pwwb_delivery {
        size: usize, len: usize, tag: u64, id: Id, is_redelivered: i32, reserved: i32,
    }
    pwwb_transport_ops {
        size: usize,
        send: Option<unsafe extern "C" fn(*mut c_void, *const pwwb_message, i64, *mut pwwb_error)
                                          -> pwwb_status>,
        receive: Option<unsafe extern "C" fn(*mut c_void, *mut u8, usize, *mut pwwb_delivery, i64,
                                             *mut pwwb_error) -> pwwb_status>,
        settle: Option<unsafe extern "C" fn(*mut c_void, u64, i32, i64, *mut pwwb_error)
                                            -> pwwb_status>,
        address: Option<unsafe extern "C" fn(*mut c_void) -> *const c_char>,
        destroy: destroy_fn,
        presence: Option<unsafe extern "C" fn(*mut c_void, *mut i32, *mut pwwb_error) -> pwwb_status>,
        hold: Option<unsafe extern "C" fn(*mut c_void, u64, *mut pwwb_error) -> pwwb_status>,
    }
    pwwb_set {
        size: usize, guid: Id, kind: i32, must_change: i32, unlock: i32, reserved: i32,
        password: *const u8, password_len: usize, old_password: *const u8, old_password_len: usize,
    }
    pwwb_set_result {
        size: usize, code: i32, reserved: i32, password_last_set_ms: i64, findings: *mut pwwb_findings,
        controller: [c_char; 260],
    }
    pwwb_directory_ops {
        size: usize,
        find: Option<unsafe extern "C" fn(*mut c_void, *const pwwb_anchor, i64, *mut pwwb_found,
                                          *mut pwwb_error) -> pwwb_status>,
        read: Option<unsafe extern "C" fn(*mut c_void, *const u8, i64, *mut pwwb_account,
                                          *mut pwwb_policy_rules, *mut pwwb_error) -> pwwb_status>,
        set: Option<unsafe extern "C" fn(*mut c_void, *const pwwb_set, i64, *mut pwwb_set_result,
                                         *mut pwwb_error) -> pwwb_status>,
        destroy: destroy_fn,
        summary: Option<unsafe extern "C" fn(*mut c_void, i64, *mut pwwb_policy_rules,
                                             *mut pwwb_error) -> pwwb_status>,
        changes: unused_fn,
    }
    pwwb_writeback_options {
        size: usize, clock: *const pwwb_clock_ops, clock_ctx: *mut c_void, skew_ms: i64, flags: u32,
        reserved: u32, filters: *const c_void, filter_count: usize, audit: unused_fn,
        audit_ctx: *mut c_void, audit_required: i32, reserved2: i32, limits: *mut pwwb_limits,
    }
    pwwb_agent_options {
        size: usize, keyring: *mut pwwb_keyring, transport: *mut pwwb_transport,
        journal: *mut pwwb_journal, anchors: *mut pwwb_anchors,
        writeback: *const pwwb_writeback_options, timeout_ms: i64, exchange: *mut pwwb_exchange,
        agent_id: Id, heartbeat_s: i32, reserved: i32, lead: *mut pwwb_agent,
    }
    pwwb_portal_options {
        size: usize, clock: *const pwwb_clock_ops, clock_ctx: *mut c_void, life_s: i32, cache_ms: i32,
        store: *mut pwwb_keystore, watch: *mut pwwb_watch, audit: unused_fn, audit_ctx: *mut c_void,
        audit_required: i32, reserved: i32,
    }
}

#[path = "functions.rs"]
mod functions;
pub use functions::*;
