// SPDX-License-Identifier: Apache-2.0
// refused: E0505
//! A store that goes away before the handle that is over it.
#![crate_type = "lib"]
use pwwb::{KeyStore, KeyStoreHandle, Lock, Result, Secret};

struct Over<'a>(&'a mut Vec<u8>);

impl KeyStore for Over<'_> {
    fn load(&mut self) -> Result<(Vec<u8>, u64)> {
        Ok((self.0.clone(), 1))
    }

    fn swap(&mut self, _: u64, data: &[u8]) -> Result<()> {
        self.0.extend_from_slice(data);
        Ok(())
    }
}

pub fn load(mut kept: Vec<u8>, secret: &Secret) -> Result<()> {
    let mut store = KeyStoreHandle::new(Over(&mut kept), Lock::Key(secret))?;
    drop(kept);
    store.load().map(drop)
}
