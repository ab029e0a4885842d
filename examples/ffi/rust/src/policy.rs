// SPDX-License-Identifier: Apache-2.0
//! Password rules, what a directory knows of an account, and what is wrong with a password.
use crate::error::{call, Error, Result};
use crate::sys;
use crate::text::{filled, or_unknown, put_text};
use crate::values::{AccountKind, Answer, Basis, Code, PolicySource, SetKind, Status, Verdict};
use std::ptr;

/// One thing that is wrong, or a warning. What the numbers mean, `pwwb_findings_get()` says for each code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// How sure that is.
    pub basis: Basis,
    /// What would have been right.
    pub limit: i64,
    /// What there is.
    pub actual: i64,
}

/// The rules in force; what is not known is None, and by default nothing is.
#[allow(missing_docs)] // each as its field in pwwb_policy_rules
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRules {
    pub source: PolicySource,
    pub min_length: Option<u32>,
    pub complexity: Answer,
    pub history_length: Option<u32>,
    pub lockout_threshold: Option<u32>,
    pub max_length: Option<u32>,
    pub min_age_ms: Option<i64>,
    pub max_age_ms: Option<i64>,
    pub lockout_duration_ms: Option<i64>,
    pub lockout_window_ms: Option<i64>,
    pub source_dn: String,
}

/// What a directory knows of one account; by default nothing. Times are milliseconds since 1970.
#[allow(missing_docs)] // each as its field in pwwb_account
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub user_account_control: u32,
    pub kind: AccountKind,
    pub is_protected: Answer,
    pub is_locked: Answer,
    pub may_change: Answer,
    pub bad_password_count: Option<u32>,
    pub bad_password_time_ms: Option<i64>,
    pub password_last_set_ms: Option<i64>,
    pub locked_since_ms: Option<i64>,
    pub locked_until_ms: Option<i64>,
    pub account_expires_ms: Option<i64>,
    pub password_expires_ms: Option<i64>,
    pub now_ms: Option<i64>,
    pub account_name: String,
    pub display_name: String,
    pub controller: String,
    pub password_written_ms: Option<i64>,
    pub dn: String,
}

impl Default for PolicyRules {
    fn default() -> Self {
        PolicyRules {
            source: PolicySource::UNREADABLE,
            min_length: None,
            complexity: Answer::MAYBE,
            history_length: None,
            lockout_threshold: None,
            max_length: None,
            min_age_ms: None,
            max_age_ms: None,
            lockout_duration_ms: None,
            lockout_window_ms: None,
            source_dn: String::new(),
        }
    }
}

impl Default for Account {
    fn default() -> Self {
        Account {
            user_account_control: crate::values::AccountControl::NORMAL.raw() as u32,
            kind: AccountKind::OTHER,
            is_protected: Answer::MAYBE,
            is_locked: Answer::MAYBE,
            may_change: Answer::MAYBE,
            bad_password_count: None,
            bad_password_time_ms: None,
            password_last_set_ms: None,
            locked_since_ms: None,
            locked_until_ms: None,
            account_expires_ms: None,
            password_expires_ms: None,
            now_ms: None,
            account_name: String::new(),
            display_name: String::new(),
            controller: String::new(),
            password_written_ms: None,
            dn: String::new(),
        }
    }
}

fn count(number: Option<u32>) -> Result<i32> {
    number.map_or(Ok(-1), |n| {
        i32::try_from(n).map_err(|_| Error::new(Status::E_INVALID_ARGUMENT, "a number is too large"))
    })
}

impl PolicyRules {
    pub(crate) fn to_raw(&self) -> Result<sys::pwwb_policy_rules> {
        let mut raw = sys::pwwb_policy_rules {
            size: std::mem::size_of::<sys::pwwb_policy_rules>(),
            source: self.source.raw(),
            min_length: count(self.min_length)?,
            complexity: self.complexity.raw(),
            history_length: count(self.history_length)?,
            lockout_threshold: count(self.lockout_threshold)?,
            max_length: count(self.max_length)?,
            min_age_ms: or_unknown(self.min_age_ms),
            max_age_ms: or_unknown(self.max_age_ms),
            lockout_duration_ms: or_unknown(self.lockout_duration_ms),
            lockout_window_ms: or_unknown(self.lockout_window_ms),
            ..sys::pwwb_policy_rules::zeroed()
        };
        put_text(&mut raw.source_dn, &self.source_dn)?;
        Ok(raw)
    }

    /// The rules in lines of English, for people.
    pub fn describe(&self) -> Result<String> {
        describe(&self.to_raw()?, ptr::null())
    }
}

impl Account {
    pub(crate) fn to_raw(&self) -> Result<sys::pwwb_account> {
        let mut raw = sys::pwwb_account {
            size: std::mem::size_of::<sys::pwwb_account>(),
            user_account_control: self.user_account_control,
            kind: self.kind.raw(),
            is_protected: self.is_protected.raw(),
            is_locked: self.is_locked.raw(),
            may_change: self.may_change.raw(),
            bad_password_count: count(self.bad_password_count)?,
            bad_password_time_ms: or_unknown(self.bad_password_time_ms),
            password_last_set_ms: or_unknown(self.password_last_set_ms),
            locked_since_ms: or_unknown(self.locked_since_ms),
            locked_until_ms: or_unknown(self.locked_until_ms),
            account_expires_ms: or_unknown(self.account_expires_ms),
            password_expires_ms: or_unknown(self.password_expires_ms),
            now_ms: or_unknown(self.now_ms),
            password_written_ms: or_unknown(self.password_written_ms),
            ..sys::pwwb_account::zeroed()
        };
        put_text(&mut raw.account_name, &self.account_name)?;
        put_text(&mut raw.display_name, &self.display_name)?;
        put_text(&mut raw.controller, &self.controller)?;
        put_text(&mut raw.dn, &self.dn)?;
        Ok(raw)
    }

    /// Its state in lines of English, for people.
    pub fn describe(&self) -> Result<String> {
        describe(ptr::null(), &self.to_raw()?)
    }
}

fn describe(rules: *const sys::pwwb_policy_rules, account: *const sys::pwwb_account) -> Result<String> {
    let text = filled(sys::POLICY_TEXT_SIZE, |buf, size, len| {
        call(|err| unsafe { sys::pwwb_policy_print(rules, account, buf.cast(), size, len, err) })
    })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Password rules, ready to judge; any number of threads may.
pub struct Policy(*mut sys::pwwb_policy);

unsafe impl Send for Policy {} // immutable once made: docs/threads.md
unsafe impl Sync for Policy {}

impl Policy {
    /// Make one from rules.
    pub fn new(rules: &PolicyRules) -> Result<Self> {
        let raw = rules.to_raw()?;
        let mut policy = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_policy_new(&raw, &mut policy, err) })?;
        Ok(Policy(policy))
    }

    /// Judge a new password: the verdict, and all that is or may be wrong with it.
    pub fn check(
        &self, account: Option<&Account>, kind: SetKind, password: &[u8],
    ) -> Result<(Verdict, Vec<Finding>)> {
        let account = account.map(Account::to_raw).transpose()?;
        let findings = Findings::new()?;
        let mut verdict = 0;
        call(|err| unsafe {
            sys::pwwb_policy_check(
                self.0,
                account.as_ref().map_or(ptr::null(), |a| a),
                kind.raw(),
                password.as_ptr(),
                password.len(),
                findings.0,
                &mut verdict,
                err,
            )
        })?;
        Ok((Verdict::from_raw(verdict), unsafe { read_findings(findings.0) }))
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        unsafe { sys::pwwb_policy_free(self.0) }
    }
}

/// A list of the library's, for a call.
pub(crate) struct Findings(pub(crate) *mut sys::pwwb_findings);

impl Findings {
    pub(crate) fn new() -> Result<Self> {
        let list = unsafe { sys::pwwb_findings_new() };
        if list.is_null() {
            return Err(Status::E_NO_MEMORY.into());
        }
        Ok(Findings(list))
    }
}

impl Drop for Findings {
    fn drop(&mut self) {
        unsafe { sys::pwwb_findings_free(self.0) }
    }
}

/// # Safety
/// A list, or NULL.
pub(crate) unsafe fn read_findings(list: *const sys::pwwb_findings) -> Vec<Finding> {
    let (mut code, mut basis, mut limit, mut actual) = (0, 0, 0, 0);
    let count = unsafe { sys::pwwb_findings_count(list) };
    let mut all = Vec::with_capacity(count);
    for index in 0..count {
        let status =
            unsafe { sys::pwwb_findings_get(list, index, &mut code, &mut basis, &mut limit, &mut actual) };
        if status == Status::OK.raw() {
            all.push(Finding { code: Code::from_raw(code), basis: Basis::from_raw(basis), limit, actual });
        }
    }
    all
}

/// # Safety
/// A list.
pub(crate) unsafe fn add_findings(list: *mut sys::pwwb_findings, findings: &[Finding]) -> Result<()> {
    for f in findings {
        let status = unsafe { sys::pwwb_findings_add(list, f.code.raw(), f.basis.raw(), f.limit, f.actual) };
        if status != Status::OK.raw() {
            return Err(Error::new(Status::from_raw(status), "a finding was not taken"));
        }
    }
    Ok(())
}
