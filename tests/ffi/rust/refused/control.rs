// SPDX-License-Identifier: Apache-2.0
// refused: compiled
//! What the others would be, were they right: so it is not for something else that they are refused.
#![crate_type = "lib"]
use pwwb::{Agent, AgentKeys, AgentOptions, Journal, Keyring, Relay, RelayEnd, Request, Result};

pub fn make(keys: Keyring) -> Result<Agent<'static>> {
    let relay = Relay::new(10)?;
    let desk = relay.connect(RelayEnd::AGENT)?;
    drop(relay);
    Agent::new(AgentOptions::new(AgentKeys::Keyring(keys), desk, Journal::memory(10)?))
}

pub fn early(request: &mut Request) -> usize {
    let len = request.password().map_or(0, <[u8]>::len);
    request.wipe();
    len
}
