// SPDX-License-Identifier: Apache-2.0
//! Octets that are wiped.
use std::fmt;
use std::sync::atomic::{compiler_fence, Ordering};

/// A password, key or ticket: wiped when it is dropped, printed as nothing, copied by nobody.
///
/// Made from a `String` or `Vec<u8>`, it takes those very octets. What was left behind where they grew
/// before that is not here to be wiped: give a `Vec` its capacity at once, as a reader of a form can.
pub struct Secret(Vec<u8>);

impl Secret {
    /// The octets, to look at.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Wipe it now.
    pub fn wipe(&mut self) {
        wipe(&mut self.0);
    }

    /// So many zeros, to be filled.
    pub(crate) fn zeros(size: usize) -> Self {
        Secret(vec![0; size])
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.0.as_mut_ptr()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl From<Vec<u8>> for Secret {
    fn from(octets: Vec<u8>) -> Self {
        Secret(octets)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text.into_bytes())
    }
}

/// A copy, into a place of its own.
impl From<&[u8]> for Secret {
    fn from(octets: &[u8]) -> Self {
        Secret(octets.to_vec())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// All that was allocated, for more may have been there than is. Volatile: it is not left out because
/// nobody reads it.
fn wipe(octets: &mut Vec<u8>) {
    let start = octets.as_mut_ptr();
    for at in 0..octets.capacity() {
        unsafe { std::ptr::write_volatile(start.add(at), 0) }
    }
    compiler_fence(Ordering::SeqCst);
    octets.clear();
}
