// SPDX-License-Identifier: Apache-2.0
//! A tenant's keys.
use crate::anchor::Id;
use crate::envelope::Claims;
use crate::error::{call, Result};
use crate::secret::Secret;
use crate::sys;
use crate::text::{array_text, filled, octets};
use crate::values::{EpochState, ExchangeKind, Half, LockKind, Suite, TenantState};
use std::mem::size_of;
use std::ptr;

/// What seals a keyring.
#[derive(Clone, Copy, Debug)]
pub enum Lock<'a> {
    /// 32 random octets.
    Key(&'a Secret),
    /// A passphrase, stretched by Argon2id.
    Passphrase(&'a Secret),
}

impl Lock<'_> {
    pub(crate) fn raw(&self) -> (i32, &[u8]) {
        match self {
            Lock::Key(secret) => (LockKind::KEY.raw(), secret.as_bytes()),
            Lock::Passphrase(secret) => (LockKind::PASSPHRASE.raw(), secret.as_bytes()),
        }
    }
}

/// What may be known of a keyring.
#[allow(missing_docs)] // each as its field in pwwb_keyring_info
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringInfo {
    pub tenant: Id,
    pub half: Half,
    pub state: TenantState,
    pub order: Option<ExchangeKind>,
    pub has_ticket: bool,
    pub generation: u64,
    pub version: u64,
    pub fingerprint: String,
    pub epochs: Vec<Epoch>,
}

/// What may be known of an epoch.
#[allow(missing_docs)] // each as its field in pwwb_epoch_info
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    pub generation: u64,
    pub state: EpochState,
    pub suite: Suite,
    pub created_s: i64,
    pub since_s: i64,
    pub is_host_key: bool,
    pub slot: i32,
}

/// Keys of one tenant: immutable, counted. A clone is one more reference; the last one wipes the keys.
pub struct Keyring(*mut sys::pwwb_keyring);

unsafe impl Send for Keyring {} // immutable, and counted by an atomic: docs/threads.md
unsafe impl Sync for Keyring {}

impl Keyring {
    /// Make new keys: the agent half.
    pub fn new(tenant: &Id, suite: Suite) -> Result<Self> {
        Self::made(|ret, err| unsafe { sys::pwwb_keyring_new(tenant.as_ptr(), suite.raw(), ret, err) })
    }

    /// Open sealed octets.
    pub fn open(sealed: &[u8], lock: Lock<'_>) -> Result<Self> {
        let (kind, secret) = lock.raw();
        Self::made(|ret, err| unsafe {
            sys::pwwb_keyring_open(
                sealed.as_ptr(),
                sealed.len(),
                kind,
                secret.as_ptr(),
                secret.len(),
                ret,
                err,
            )
        })
    }

    pub(crate) fn made(
        f: impl FnOnce(*mut *mut sys::pwwb_keyring, *mut sys::pwwb_error) -> sys::pwwb_status,
    ) -> Result<Self> {
        let mut keyring = ptr::null_mut();
        call(|err| f(&mut keyring, err))?;
        Ok(Keyring(keyring))
    }

    pub(crate) fn raw(&self) -> *mut sys::pwwb_keyring {
        self.0
    }

    /// Seal one half.
    pub fn seal(&self, half: Half, lock: Lock<'_>) -> Result<Vec<u8>> {
        let (kind, secret) = lock.raw();
        filled(sys::KEYRING_MAX, |buf, size, len| {
            call(|err| unsafe {
                sys::pwwb_keyring_seal(
                    self.0,
                    half.raw(),
                    kind,
                    secret.as_ptr(),
                    secret.len(),
                    buf,
                    size,
                    len,
                    err,
                )
            })
        })
    }

    /// What may be known of it, its epochs included.
    pub fn describe(&self) -> Result<KeyringInfo> {
        let mut raw = sys::pwwb_keyring_info {
            size: size_of::<sys::pwwb_keyring_info>(),
            ..sys::pwwb_keyring_info::zeroed()
        };
        call(|err| unsafe { sys::pwwb_keyring_describe(self.0, &mut raw, err) })?;
        Ok(KeyringInfo {
            tenant: raw.tenant,
            half: Half::from_raw(raw.half),
            state: TenantState::from_raw(raw.state),
            order: (raw.order != 0).then(|| ExchangeKind::from_raw(raw.order)),
            has_ticket: raw.has_ticket == 1,
            generation: raw.generation,
            version: raw.version,
            fingerprint: array_text(&raw.fingerprint),
            epochs: (0..raw.epoch_count).map(|i| self.epoch(i)).collect::<Result<_>>()?,
        })
    }

    fn epoch(&self, index: usize) -> Result<Epoch> {
        let mut raw = sys::pwwb_epoch_info {
            size: size_of::<sys::pwwb_epoch_info>(),
            ..sys::pwwb_epoch_info::zeroed()
        };
        call(|err| unsafe { sys::pwwb_keyring_describe_epoch(self.0, index, &mut raw, err) })?;
        Ok(Epoch {
            generation: raw.generation,
            state: EpochState::from_raw(raw.state),
            suite: Suite::from_raw(raw.suite),
            created_s: raw.created_s,
            since_s: raw.since_s,
            is_host_key: raw.is_host_key == 1,
            slot: raw.slot,
        })
    }

    /// Seal a request without a portal. The claims are told tenant and cti, as sealed.
    pub fn seal_request(
        &self, claims: &mut Claims, password: Option<&Secret>, old: Option<&Secret>,
    ) -> Result<Vec<u8>> {
        let mut raw = claims.to_raw()?;
        let (new, new_len) = octets(password.map(Secret::as_bytes));
        let (old, old_len) = octets(old.map(Secret::as_bytes));
        let sealed = filled(sys::ENVELOPE_MAX, |buf, size, len| {
            call(|err| unsafe {
                sys::pwwb_request_seal(self.0, &mut raw, new, new_len, old, old_len, buf, size, len, err)
            })
        })?;
        *claims = Claims::from_raw(&raw);
        Ok(sealed)
    }
}

impl Clone for Keyring {
    fn clone(&self) -> Self {
        Keyring(unsafe { sys::pwwb_keyring_ref(self.0) })
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        unsafe { sys::pwwb_keyring_free(self.0) }
    }
}
