// SPDX-License-Identifier: Apache-2.0
//! Texts and octets on their way in and out.
use crate::error::{Error, Result};
use crate::values::Status;
use std::ffi::{CStr, CString};
use std::os::raw::c_char;
use std::time::Duration;

/// A text that the library keeps for ever.
pub(crate) fn static_text(text: *const c_char) -> &'static str {
    // All of them are ASCII, in the library's read-only data.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("?")
}

/// A copy of a text that is borrowed.
///
/// # Safety
/// `text` ends with a NUL.
pub(crate) unsafe fn text_of(text: *const c_char) -> String {
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// The text in an array of a struct, up to its NUL.
pub(crate) fn array_text(array: &[c_char]) -> String {
    let octets: Vec<u8> = array.iter().take_while(|&&c| c != 0).map(|&c| c as u8).collect();
    String::from_utf8_lossy(&octets).into_owned()
}

/// Put a text into an array of a struct that is all zero.
pub(crate) fn put_text(array: &mut [c_char], text: &str) -> Result<()> {
    if text.len() >= array.len() || text.contains('\0') {
        return Err(Error::new(Status::E_INVALID_ARGUMENT, "a text is too long, or has NUL inside"));
    }
    for (to, &from) in array.iter_mut().zip(text.as_bytes()) {
        *to = from as c_char;
    }
    Ok(())
}

pub(crate) fn c_text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::new(Status::E_INVALID_ARGUMENT, "a text has NUL inside"))
}

/// None = no limit.
pub(crate) fn to_ms(timeout: Option<Duration>) -> i64 {
    timeout.map_or(-1, |t| t.as_millis().min(i64::MAX as u128) as i64)
}

pub(crate) fn from_ms(timeout_ms: i64) -> Option<Duration> {
    u64::try_from(timeout_ms).ok().map(Duration::from_millis)
}

/// None = not known.
pub(crate) fn or_unknown(number: Option<i64>) -> i64 {
    number.unwrap_or(-1)
}

/// Octets that a call fills.
pub(crate) fn filled(
    size: usize, f: impl FnOnce(*mut u8, usize, *mut usize) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut buf = vec![0; size];
    let mut len = 0;
    f(buf.as_mut_ptr(), size, &mut len)?;
    buf.truncate(len);
    Ok(buf)
}

/// Octets to borrow; NULL when there are none.
pub(crate) fn octets(data: Option<&[u8]>) -> (*const u8, usize) {
    data.map_or((std::ptr::null(), 0), |d| (d.as_ptr(), d.len()))
}

/// What is borrowed from the library for a while.
///
/// # Safety
/// Either NULL, or `len` octets that live as long as `'a`.
pub(crate) unsafe fn borrowed<'a>(data: *const u8, len: usize) -> Option<&'a [u8]> {
    if data.is_null() {
        return None;
    }
    Some(unsafe { std::slice::from_raw_parts(data, len) })
}
