// SPDX-License-Identifier: Apache-2.0
//! Sealed requests and replies, and heartbeats.
use crate::anchor::{Anchor, Id};
use crate::error::{call, Result};
use crate::keyring::Keyring;
use crate::policy::{add_findings, read_findings, Finding, Findings};
use crate::sys;
use crate::text::{array_text, borrowed, c_text, filled, put_text, text_of};
use crate::values::{
    Actor, Answer, Code, Health, MustChange, Operation, Outcome, PolicySource, RequestOrigin, UserType,
};
use std::mem::size_of;
use std::ptr;

/// Who asks what, where, for whom. `..Claims::default()` is a person's own reset at the reset portal.
#[allow(missing_docs)] // each as its field in pwwb_claims
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub tenant: Id,
    pub cti: Id,
    pub iat: i64,
    pub exp: i64,
    pub operation: Operation,
    pub origin: RequestOrigin,
    pub actor: Actor,
    pub user_type: UserType,
    pub must_change: MustChange,
    /// Bits of [`RequestFlag`](crate::RequestFlag).
    pub flags: u32,
    pub anchor: Anchor,
    pub actor_id: Id,
    pub reply_to: String,
}

impl Default for Claims {
    fn default() -> Self {
        Claims {
            tenant: Id::default(),
            cti: Id::default(),
            iat: 0,
            exp: 0,
            operation: Operation::RESET_SELF,
            origin: RequestOrigin::RESET_PORTAL,
            actor: Actor::USER,
            user_type: UserType::PASS_THROUGH,
            must_change: MustChange::KEEP,
            flags: 0,
            anchor: Anchor::default(),
            actor_id: Id::default(),
            reply_to: String::new(),
        }
    }
}

impl Claims {
    pub(crate) fn to_raw(&self) -> Result<sys::pwwb_claims> {
        let mut raw = sys::pwwb_claims {
            size: size_of::<sys::pwwb_claims>(),
            tenant: self.tenant,
            cti: self.cti,
            iat: self.iat,
            exp: self.exp,
            operation: self.operation.raw(),
            origin: self.origin.raw(),
            actor: self.actor.raw(),
            user_type: self.user_type.raw(),
            must_change: self.must_change.raw(),
            flags: self.flags,
            anchor: self.anchor.to_raw(),
            actor_id: self.actor_id,
            ..sys::pwwb_claims::zeroed()
        };
        put_text(&mut raw.reply_to, &self.reply_to)?;
        Ok(raw)
    }

    pub(crate) fn from_raw(raw: &sys::pwwb_claims) -> Self {
        Claims {
            tenant: raw.tenant,
            cti: raw.cti,
            iat: raw.iat,
            exp: raw.exp,
            operation: Operation::from_raw(raw.operation),
            origin: RequestOrigin::from_raw(raw.origin),
            actor: Actor::from_raw(raw.actor),
            user_type: UserType::from_raw(raw.user_type),
            must_change: MustChange::from_raw(raw.must_change),
            flags: raw.flags,
            anchor: Anchor::from_raw(&raw.anchor),
            actor_id: raw.actor_id,
            reply_to: array_text(&raw.reply_to),
        }
    }

    /// Whether it is one that is written back: `Code::OK`, or why not.
    pub fn check(&self) -> Result<Code> {
        let raw = self.to_raw()?;
        Ok(Code::from_raw(unsafe { sys::pwwb_operation_check(&raw) }))
    }
}

/// A request being opened; to be used again and again. Its secrets are in locked memory.
pub struct Request(*mut sys::pwwb_request);

unsafe impl Send for Request {} // one thread at a time: not Sync

impl Request {
    /// Make one.
    pub fn new() -> Result<Self> {
        let mut request = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_request_new(&mut request, err) })?;
        Ok(Request(request))
    }

    /// First phase: outer layer and claims. `now` and `skew` are seconds.
    pub fn open(&mut self, keyring: &Keyring, sealed: &[u8], now: i64, skew: i64) -> Result<()> {
        call(|err| unsafe {
            sys::pwwb_request_open(self.0, keyring.raw(), sealed.as_ptr(), sealed.len(), now, skew, err)
        })
    }

    /// The claims, once they are authentic.
    pub fn claims(&self) -> Option<Claims> {
        unsafe { sys::pwwb_request_claims(self.0).as_ref() }.map(Claims::from_raw)
    }

    /// Second phase: the private key and the password.
    pub fn open_secret(&mut self) -> Result<()> {
        call(|err| unsafe { sys::pwwb_request_open_secret(self.0, err) })
    }

    /// The new password, where it lies in locked memory.
    pub fn password(&self) -> Option<&[u8]> {
        let mut len = 0;
        unsafe { borrowed(sys::pwwb_request_password(self.0, &mut len), len) }
    }

    /// The old one of a change.
    pub fn old_password(&self) -> Option<&[u8]> {
        let mut len = 0;
        unsafe { borrowed(sys::pwwb_request_old_password(self.0, &mut len), len) }
    }

    /// Wipe what was opened.
    pub fn wipe(&mut self) {
        unsafe { sys::pwwb_request_wipe(self.0) }
    }

    /// Seal a reply to it.
    pub fn reply(&self, code: Code, findings: &[Finding], controller: &str, now_ms: i64) -> Result<Vec<u8>> {
        let list = Findings::new()?;
        let controller = c_text(controller)?;
        unsafe { add_findings(list.0, findings) }?;
        filled(sys::ENVELOPE_MAX, |buf, size, len| {
            call(|err| unsafe {
                sys::pwwb_reply_seal(
                    self.0,
                    code.raw(),
                    list.0,
                    controller.as_ptr(),
                    now_ms,
                    buf,
                    size,
                    len,
                    err,
                )
            })
        })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        unsafe { sys::pwwb_request_free(self.0) }
    }
}

/// What became of a password. Before anything was opened: unknown.
pub struct Reply(*mut sys::pwwb_reply);

unsafe impl Send for Reply {} // one thread at a time: not Sync

impl Reply {
    /// Make one.
    pub fn new() -> Result<Self> {
        let mut reply = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_reply_new(&mut reply, err) })?;
        Ok(Reply(reply))
    }

    pub(crate) fn raw(&mut self) -> *mut sys::pwwb_reply {
        self.0
    }

    /// Open a sealed reply and check that it answers the request `cti`.
    pub fn open(&mut self, keyring: &Keyring, cti: &Id, sealed: &[u8]) -> Result<()> {
        call(|err| unsafe {
            sys::pwwb_reply_open(self.0, keyring.raw(), cti.as_ptr(), sealed.as_ptr(), sealed.len(), err)
        })
    }

    /// What is true of the directory now.
    pub fn outcome(&self) -> Outcome {
        Outcome::from_raw(unsafe { sys::pwwb_reply_outcome(self.0) })
    }

    /// And why.
    pub fn code(&self) -> Code {
        Code::from_raw(unsafe { sys::pwwb_reply_code(self.0) })
    }

    /// Findings and warnings.
    pub fn findings(&self) -> Vec<Finding> {
        unsafe { read_findings(sys::pwwb_reply_findings(self.0)) }
    }

    /// The server that was used; empty when none was.
    pub fn controller(&self) -> String {
        unsafe { text_of(sys::pwwb_reply_controller(self.0)) }
    }

    /// When the agent answered, milliseconds since 1970.
    pub fn time_ms(&self) -> i64 {
        unsafe { sys::pwwb_reply_time_ms(self.0) }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        unsafe { sys::pwwb_reply_free(self.0) }
    }
}

/// An agent's sign of life.
#[allow(missing_docs)] // each as its field in pwwb_heartbeat
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    pub agent_id: Id,
    pub boot_id: Id,
    pub sequence: u64,
    pub time_ms: i64,
    pub health: Health,
    pub key_age_s: i64,
    pub counters: [u64; 8],
    pub min_length: i32,
    pub complexity: Answer,
    pub history_length: i32,
    pub rules_source: PolicySource,
    pub min_age_s: i64,
    pub max_age_s: i64,
    pub version: i32,
    pub directories: i32,
    pub directories_up: i32,
}

impl Heartbeat {
    /// Open one of which no earlier one is known. `now` and `skew` are seconds.
    pub fn open(keyring: &Keyring, sealed: &[u8], now: i64, skew: i64) -> Result<Self> {
        let mut raw =
            sys::pwwb_heartbeat { size: size_of::<sys::pwwb_heartbeat>(), ..sys::pwwb_heartbeat::zeroed() };
        call(|err| unsafe {
            sys::pwwb_heartbeat_open(
                keyring.raw(),
                sealed.as_ptr(),
                sealed.len(),
                ptr::null(),
                0,
                now,
                skew,
                &mut raw,
                err,
            )
        })?;
        Ok(Heartbeat {
            agent_id: raw.agent_id,
            boot_id: raw.boot_id,
            sequence: raw.sequence,
            time_ms: raw.time_ms,
            health: Health::from_raw(raw.health),
            key_age_s: raw.key_age_s,
            counters: raw.counters,
            min_length: raw.min_length,
            complexity: Answer::from_raw(raw.complexity),
            history_length: raw.history_length,
            rules_source: PolicySource::from_raw(raw.rules_source),
            min_age_s: raw.min_age_s,
            max_age_s: raw.max_age_s,
            version: raw.version,
            directories: raw.directories,
            directories_up: raw.directories_up,
        })
    }
}
