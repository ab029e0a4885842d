// SPDX-License-Identifier: Apache-2.0
//! A call that failed, as an error; and what a status and a code say in words.
use crate::sys;
use crate::text::{static_text, text_of};
use crate::values::{Code, CodeClass, Layer, Outcome, Status, StatusClass};
use std::ffi::CString;
use std::fmt;

/// Why a call failed. From a callback of the host's: why it did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What to decide on, better still by its class.
    pub status: Status,
    /// One English sentence; no secret, nothing of a peer's.
    pub message: String,
    /// Whose number `code` is.
    pub layer: Layer,
    /// The failing layer's own number: errno, an LDAP result code.
    pub code: i64,
}

/// What every call gives that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What a callback returns that cannot do what it is asked.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Error { status, message: message.into(), layer: Layer::PWWB, code: 0 }
    }

    /// `PWWB_E_TIMEOUT`.
    pub fn name(&self) -> &'static str {
        self.status.name()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.message)
    }
}

impl std::error::Error for Error {}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Error::new(status, "")
    }
}

impl Status {
    /// `PWWB_E_TIMEOUT`.
    pub fn name(self) -> &'static str {
        static_text(unsafe { sys::pwwb_status_name(self.raw()) })
    }

    /// What to do about it.
    pub fn class(self) -> StatusClass {
        StatusClass::from_raw(unsafe { sys::pwwb_status_class(self.raw()) })
    }
}

impl Code {
    /// `POLICY_TOO_SHORT`.
    pub fn name(self) -> &'static str {
        static_text(unsafe { sys::pwwb_code_name(self.raw()) })
    }

    /// What one does about it.
    pub fn class(self) -> CodeClass {
        CodeClass::from_raw(unsafe { sys::pwwb_code_class(self.raw()) })
    }

    /// What the code alone says of the password.
    pub fn outcome(self) -> Outcome {
        Outcome::from_raw(unsafe { sys::pwwb_code_outcome(self.raw()) })
    }

    /// A sentence for the person who typed the password.
    pub fn user_text(self) -> &'static str {
        static_text(unsafe { sys::pwwb_code_user_text(self.raw()) })
    }

    /// A sentence for whoever runs the agent.
    pub fn operator_text(self) -> &'static str {
        static_text(unsafe { sys::pwwb_code_operator_text(self.raw()) })
    }
}

impl Outcome {
    /// `set with warnings`.
    pub fn name(self) -> &'static str {
        static_text(unsafe { sys::pwwb_outcome_name(self.raw()) })
    }
}

/// Make a call that takes an error object, and take what it says.
pub(crate) fn call(f: impl FnOnce(*mut sys::pwwb_error) -> sys::pwwb_status) -> Result<()> {
    let object = Object(unsafe { sys::pwwb_error_new() }); // NULL, out of memory: no details
    match f(object.0) {
        0 => Ok(()),
        status => Err(object.read(status)),
    }
}

struct Object(*mut sys::pwwb_error);

impl Object {
    fn read(&self, status: sys::pwwb_status) -> Error {
        unsafe {
            Error {
                status: Status::from_raw(status),
                message: text_of(sys::pwwb_error_message(self.0)),
                layer: Layer::from_raw(sys::pwwb_error_layer(self.0)),
                code: sys::pwwb_error_code(self.0),
            }
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        unsafe { sys::pwwb_error_free(self.0) }
    }
}

/// Tell the library, which called the host, why the host could not.
///
/// # Safety
/// `object` is the one that the callback was given.
pub(crate) unsafe fn tell(object: *mut sys::pwwb_error, error: &Error) -> sys::pwwb_status {
    let status = match error.status {
        Status::OK => Status::E_CALLBACK, // an error that says it is none
        status => status,
    };
    let text = CString::new(error.message.replace('\0', " ")).unwrap_or_default();
    unsafe { sys::pwwb_error_set(object, status.raw(), text.as_ptr()) }
}
