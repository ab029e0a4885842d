// SPDX-License-Identifier: Apache-2.0
// refused: E0277
//! One portal in two threads at once.
#![crate_type = "lib"]
use pwwb::Portal;

fn in_many<T: Sync>(_: &T) {}

pub fn share(portal: &Portal<'_>) {
    in_many(portal);
}
