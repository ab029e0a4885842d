// SPDX-License-Identifier: Apache-2.0
// refused: E0505
//! A transport that goes away while a portal uses it.
#![crate_type = "lib"]
use pwwb::{Claims, Portal, Relay, RelayEnd, Result};

pub fn ask(portal: &mut Portal<'_>, relay: &Relay) -> Result<()> {
    let mut way = relay.connect(RelayEnd::PORTAL)?;
    let used = &mut way;
    drop(way);
    portal.call(used, &mut Claims::default(), None, None, None).map(drop)
}
