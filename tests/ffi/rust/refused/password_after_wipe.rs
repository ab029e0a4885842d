// SPDX-License-Identifier: Apache-2.0
// refused: E0502
//! A password that is looked at after it was wiped.
#![crate_type = "lib"]
use pwwb::Request;

pub fn late(request: &mut Request) -> usize {
    let password = request.password();
    request.wipe();
    password.map_or(0, <[u8]>::len)
}
