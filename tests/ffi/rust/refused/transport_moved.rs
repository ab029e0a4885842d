// SPDX-License-Identifier: Apache-2.0
// refused: E0382
//! A transport that an agent has already.
#![crate_type = "lib"]
use pwwb::{Agent, AgentKeys, AgentOptions, Journal, Keyring, Relay, RelayEnd, Result};

pub fn make(keys: Keyring, relay: &Relay) -> Result<Agent<'static>> {
    let desk = relay.connect(RelayEnd::AGENT)?;
    let agent = Agent::new(AgentOptions::new(AgentKeys::Keyring(keys), desk, Journal::memory(10)?));
    drop(desk);
    agent
}
