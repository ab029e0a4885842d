// SPDX-License-Identifier: Apache-2.0
//! Where one half of a tenant's keys is kept.
use crate::callback::{destroy, guarded, new_handle};
use crate::error::{call, Error, Result};
use crate::keyring::{Keyring, Lock};
use crate::sys;
use crate::text::c_text;
use crate::values::{Half, Status};
use std::marker::PhantomData;
use std::os::raw::c_void;
use std::path::Path;
use std::ptr;

/// A store of the host's. What it keeps is sealed already. A version counts the writes: 0 before the first.
pub trait KeyStore: Send {
    /// What was stored last, and its version; `E_NOT_FOUND` when nothing ever was.
    fn load(&mut self) -> Result<(Vec<u8>, u64)>;

    /// Store, atomically and durably, if the version still is `expected`, else `E_CHANGED`; it then is one more.
    fn swap(&mut self, expected: u64, data: &[u8]) -> Result<()>;
}

/// A store in use. Several handles may be over the same: each belongs to one thread.
pub struct KeyStoreHandle<'a> {
    raw: *mut sys::pwwb_keystore,
    _host: PhantomData<Box<dyn KeyStore + 'a>>,
}

unsafe impl Send for KeyStoreHandle<'_> {} // so is what is in it; one thread at a time: not Sync

fn options(lock: &Lock<'_>) -> sys::pwwb_keystore_options {
    let (kind, secret) = lock.raw();
    sys::pwwb_keystore_options {
        size: std::mem::size_of::<sys::pwwb_keystore_options>(),
        lock: kind,
        secret: secret.as_ptr(),
        secret_len: secret.len(),
        ..sys::pwwb_keystore_options::zeroed()
    }
}

impl<'a> KeyStoreHandle<'a> {
    /// Take a store of the host's.
    pub fn new<T: KeyStore + 'a>(store: T, lock: Lock<'_>) -> Result<Self> {
        let ops = sys::pwwb_keystore_ops {
            size: std::mem::size_of::<sys::pwwb_keystore_ops>(),
            load: Some(load::<T>),
            swap: Some(swap::<T>),
            destroy: Some(destroy::<T>),
        };
        let options = options(&lock);
        let raw = new_handle(store, |ctx, ret, err| unsafe {
            sys::pwwb_keystore_new(&ops, ctx, &options, ret, err)
        })?;
        Ok(KeyStoreHandle { raw, _host: PhantomData })
    }

    /// A file, mode 0600, shared by the processes of one machine; need not be there yet.
    pub fn file(path: &Path, lock: Lock<'_>) -> Result<Self> {
        let path = c_text(
            path.to_str().ok_or_else(|| Error::new(Status::E_INVALID_ARGUMENT, "a path that is no UTF-8"))?,
        )?;
        let (options, mut raw) = (options(&lock), ptr::null_mut());
        call(|err| unsafe { sys::pwwb_keystore_new_file(path.as_ptr(), &options, &mut raw, err) })?;
        Ok(KeyStoreHandle { raw, _host: PhantomData })
    }

    pub(crate) fn raw(&mut self) -> *mut sys::pwwb_keystore {
        self.raw
    }

    /// The keys as they are now.
    pub fn load(&mut self) -> Result<Keyring> {
        Keyring::made(|ret, err| unsafe { sys::pwwb_keystore_load(self.raw, ret, err) })
    }

    /// Store one half, in place of the version that the keyring was loaded as.
    pub fn put(&mut self, keyring: &Keyring, half: Half) -> Result<()> {
        call(|err| unsafe { sys::pwwb_keystore_put(self.raw, keyring.raw(), half.raw(), err) })
    }
}

impl Drop for KeyStoreHandle<'_> {
    fn drop(&mut self) {
        unsafe { sys::pwwb_keystore_free(self.raw) }
    }
}

unsafe extern "C" fn load<T: KeyStore>(
    ctx: *mut c_void, buf: *mut u8, buf_size: usize, ret_len: *mut usize, ret_version: *mut u64,
    err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a key store's load", |host: &mut T| {
            let (data, version) = host.load()?;
            if data.len() > buf_size {
                return Err(Error::new(Status::E_TOO_LARGE, "more octets than a sealed keyring has"));
            }
            ptr::copy_nonoverlapping(data.as_ptr(), buf, data.len());
            *ret_len = data.len();
            *ret_version = version;
            Ok(())
        })
    }
}

unsafe extern "C" fn swap<T: KeyStore>(
    ctx: *mut c_void, expected: u64, data: *const u8, len: usize, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a key store's swap", |host: &mut T| {
            host.swap(expected, std::slice::from_raw_parts(data, len))
        })
    }
}
