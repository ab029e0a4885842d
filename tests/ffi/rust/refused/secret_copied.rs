// SPDX-License-Identifier: Apache-2.0
// refused: E0277
//! A secret that is copied without being asked for its octets.
#![crate_type = "lib"]
use pwwb::Secret;

pub fn twice(secret: &Secret) -> Secret {
    Secret::clone(secret)
}
