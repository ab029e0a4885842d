// SPDX-License-Identifier: Apache-2.0
//! What a directory must be able to do; the host's own.
use crate::anchor::{Anchor, Id};
use crate::callback::{destroy, guarded, new_handle};
use crate::error::{Error, Result};
use crate::policy::{add_findings, Account, Finding, PolicyRules};
use crate::sys;
use crate::text::{borrowed, from_ms, or_unknown, put_text};
use crate::values::{Code, MustChange, SetKind, Status};
use std::marker::PhantomData;
use std::os::raw::c_void;
use std::time::Duration;

/// Where an anchor leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// `Code::OK`, or the lookup code that says why not.
    pub code: Code,
    /// Objects that were considered.
    pub candidates: i32,
    /// The one object.
    pub guid: Id,
}

/// One password operation. The passwords are where the library has them, in locked memory; what is copied
/// from there, the host wipes: a [`Secret`](crate::Secret) does.
#[allow(missing_docs)] // each as its field in pwwb_set
pub struct Set<'a> {
    pub guid: Id,
    pub kind: SetKind,
    pub must_change: MustChange,
    pub unlock: bool,
    /// None to unlock only.
    pub password: Option<&'a [u8]>,
    /// For a change.
    pub old_password: Option<&'a [u8]>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetResult {
    /// `Code::OUTCOME_UNKNOWN` when it was sent and the answer was lost.
    pub code: Code,
    /// Findings and warnings.
    pub findings: Vec<Finding>,
    /// Read back afterwards; None = not known.
    pub password_last_set_ms: Option<i64>,
    /// The server that was used; empty = not known.
    pub controller: String,
}

impl SetResult {
    /// A code and no more.
    pub fn of(code: Code) -> Self {
        SetResult { code, findings: Vec::new(), password_last_set_ms: None, controller: String::new() }
    }
}

/// Where passwords are set; the host's. A refusal is an `Ok` with a code that says why; an `Err` says that the
/// directory could not be asked. `E_CONNECT`, `E_AUTH`, `E_TLS` and its kind, `E_NOT_SUPPORTED` and
/// `E_NO_MEMORY` from `set` promise that nothing was sent; after any other, and after a panic, the outcome is
/// unknown.
pub trait Directory: Send {
    /// Find an account by its source anchor, where there is no anchor store.
    fn find(&mut self, _anchor: &Anchor, _timeout: Option<Duration>) -> Result<Found> {
        Err(Error::new(Status::E_NOT_SUPPORTED, "this directory cannot look up"))
    }

    /// Read one account and the rules in force for it; `E_NOT_FOUND` when there is none.
    fn read(&mut self, guid: &Id, timeout: Option<Duration>) -> Result<(Account, PolicyRules)>;

    /// Do one operation, all in one step where the directory can.
    fn set(&mut self, set: &Set<'_>, timeout: Option<Duration>) -> Result<SetResult>;

    /// The weakest rules that may hold for anybody; as it is here, none is known, if it can be read at all.
    fn summary(&mut self, timeout: Option<Duration>) -> Result<PolicyRules> {
        match self.read(&Id::default(), timeout) {
            Err(error) if error.status != Status::E_NOT_FOUND => Err(error),
            _ => Ok(PolicyRules::default()),
        }
    }
}

/// A directory in use; what it was made of lives as long as it does.
pub struct DirectoryHandle<'a> {
    raw: *mut sys::pwwb_directory,
    _host: PhantomData<Box<dyn Directory + 'a>>,
}

unsafe impl Send for DirectoryHandle<'_> {} // so is what is in it; one thread at a time: not Sync

impl<'a> DirectoryHandle<'a> {
    /// Take a directory of the host's.
    pub fn new<T: Directory + 'a>(directory: T) -> Result<Self> {
        let ops = sys::pwwb_directory_ops {
            size: std::mem::size_of::<sys::pwwb_directory_ops>(),
            find: Some(find::<T>),
            read: Some(read::<T>),
            set: Some(set::<T>),
            destroy: Some(destroy::<T>),
            summary: Some(summary::<T>),
            changes: None,
        };
        let raw =
            new_handle(directory, |ctx, ret, err| unsafe { sys::pwwb_directory_new(&ops, ctx, ret, err) })?;
        Ok(DirectoryHandle { raw, _host: PhantomData })
    }

    pub(crate) fn raw(&mut self) -> *mut sys::pwwb_directory {
        self.raw
    }
}

impl Drop for DirectoryHandle<'_> {
    fn drop(&mut self) {
        unsafe { sys::pwwb_directory_free(self.raw) }
    }
}

unsafe extern "C" fn find<T: Directory>(
    ctx: *mut c_void, anchor: *const sys::pwwb_anchor, timeout_ms: i64, ret_found: *mut sys::pwwb_found,
    err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a directory's find", |host: &mut T| {
            let found = host.find(&Anchor::from_raw(&*anchor), from_ms(timeout_ms))?;
            let ret = &mut *ret_found;
            ret.code = found.code.raw();
            ret.candidates = found.candidates;
            ret.guid = found.guid;
            Ok(())
        })
    }
}

unsafe extern "C" fn read<T: Directory>(
    ctx: *mut c_void, guid: *const u8, timeout_ms: i64, ret_account: *mut sys::pwwb_account,
    ret_rules: *mut sys::pwwb_policy_rules, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a directory's read", |host: &mut T| {
            let (account, rules) = host.read(&*guid.cast::<Id>(), from_ms(timeout_ms))?;
            let (account, rules) = (account.to_raw()?, rules.to_raw()?);
            *ret_account = account;
            *ret_rules = rules;
            Ok(())
        })
    }
}

unsafe extern "C" fn set<T: Directory>(
    ctx: *mut c_void, set: *const sys::pwwb_set, timeout_ms: i64, ret_result: *mut sys::pwwb_set_result,
    err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a directory's set", |host: &mut T| {
            let s = &*set;
            let set = Set {
                guid: s.guid,
                kind: SetKind::from_raw(s.kind),
                must_change: MustChange::from_raw(s.must_change),
                unlock: s.unlock == 1,
                password: borrowed(s.password, s.password_len),
                old_password: borrowed(s.old_password, s.old_password_len),
            };
            let result = host.set(&set, from_ms(timeout_ms))?;
            let ret = &mut *ret_result;
            ret.code = result.code.raw();
            ret.password_last_set_ms = or_unknown(result.password_last_set_ms);
            // Neither makes it unknown what became of the password.
            let _ = put_text(&mut ret.controller, &result.controller);
            let _ = add_findings(ret.findings, &result.findings);
            Ok(())
        })
    }
}

unsafe extern "C" fn summary<T: Directory>(
    ctx: *mut c_void, timeout_ms: i64, ret_rules: *mut sys::pwwb_policy_rules, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a directory's summary", |host: &mut T| {
            *ret_rules = host.summary(from_ms(timeout_ms))?.to_raw()?;
            Ok(())
        })
    }
}
