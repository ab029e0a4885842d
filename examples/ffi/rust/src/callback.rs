// SPDX-License-Identifier: Apache-2.0
//! How C gets into Rust: what is returned becomes a status, and no panic goes out.
use crate::error::{call, tell, Error, Result};
use crate::sys;
use crate::values::Status;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Run a method of the host's. A panic becomes `E_CALLBACK`; its text stays out of the error, for it might
/// quote a password.
///
/// # Safety
/// `ctx` is a `T` in a box that `new_handle()` has given away; nobody else uses it. `err` is the library's.
pub(crate) unsafe fn guarded<T>(
    ctx: *mut c_void, err: *mut sys::pwwb_error, method: &str, f: impl FnOnce(&mut T) -> Result<()>,
) -> sys::pwwb_status {
    let host = unsafe { &mut *ctx.cast::<T>() };
    let error = match catch(|| f(host)) {
        Some(Ok(())) => return Status::OK.raw(),
        Some(Err(error)) => error,
        None => Error::new(Status::E_CALLBACK, format!("Rust panicked in {method}")),
    };
    unsafe { tell(err, &error) }
}

/// What `f` returns; None when it panicked. What it panicked with is left alone: dropping it may panic, too.
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(f)).map_err(std::mem::forget).ok()
}

/// The `destroy` of every table.
///
/// # Safety
/// As `guarded()`, and the box is dropped.
pub(crate) unsafe extern "C" fn destroy<T>(ctx: *mut c_void) {
    let _ = catch(|| drop(unsafe { Box::from_raw(ctx.cast::<T>()) }));
}

/// Make a handle around something of the host's, which is the handle's from then on.
pub(crate) fn new_handle<T, H>(
    host: T, make: impl FnOnce(*mut c_void, *mut *mut H, *mut sys::pwwb_error) -> sys::pwwb_status,
) -> Result<*mut H> {
    let ctx = Box::into_raw(Box::new(host));
    let mut handle = std::ptr::null_mut();
    match call(|err| make(ctx.cast(), &mut handle, err)) {
        Ok(()) => Ok(handle),
        Err(error) => {
            drop(unsafe { Box::from_raw(ctx) }); // "given back to destroy once this has succeeded"
            Err(error)
        }
    }
}
