// SPDX-License-Identifier: Apache-2.0
//! Who lives how long. What Rust does not even compile, tests/ffi/rust/refused has.
use crate::hosts::{keys, Drops, How, Wrong};
use crate::tap::Checks;
use pwwb::{
    Agent, AgentKeys, AgentOptions, Anchor, Claims, Exchange, ExchangeKind, ExchangeOptions, Half, Journal,
    KeyStoreHandle, Lock, Outcome, Portal, PortalKeys, Relay, RelayEnd, Secret, Status, Suite,
    TransportHandle,
};
use std::time::Duration;

fn wrong(how: How, drops: &Drops) -> Wrong {
    Wrong { how, drops: drops.clone() }
}

fn agent_on(desk: TransportHandle<'_>) -> Agent<'_> {
    let journal = Journal::memory(10).expect("a journal");
    Agent::new(AgentOptions::new(AgentKeys::Keyring(keys()), desk, journal)).expect("an agent")
}

fn the_hosts_own_is_dropped_once(t: &mut Checks) {
    let drops = Drops::default();
    let agent = agent_on(TransportHandle::new(wrong(How::Fails, &drops)).expect("a transport"));
    t.same("while it is used", 0, drops.count());
    drop(agent);
    t.same("with its agent", 1, drops.count());

    let short: Secret = vec![1; 5].into(); // no key has 5 octets, so there is no store
    let made = KeyStoreHandle::new(wrong(How::Fails, &drops), Lock::Key(&short));
    t.same("no store", Some(Status::E_INVALID_ARGUMENT), made.err().map(|e| e.status));
    t.same("when nothing was made", 2, drops.count());

    drop(TransportHandle::new(wrong(How::PanicsWhenDropped, &drops)).expect("a transport"));
    t.same("and its panic stays within", 3, drops.count());
}

fn what_is_used_lives(t: &mut Checks) {
    let relay = Relay::new(10).expect("a relay");
    let desk = relay.connect(RelayEnd::AGENT).expect("a transport");
    let mut way = relay.connect(RelayEnd::PORTAL).expect("a transport");
    drop(relay);
    let mut agent = agent_on(desk); // its journal, too, is only the agent's now
    let stopper = agent.stopper();
    let error = agent.step(Some(Duration::ZERO)).expect_err("nothing comes");
    t.same("a relay that was dropped", Status::E_TIMEOUT, error.status);
    let mut portal = Portal::new(PortalKeys::Keyring(keys()), None, None).expect("a portal");
    let mut claims = Claims { anchor: Anchor::source([1; 16]), ..Claims::default() };
    let password: Secret = "Correct-Horse-7".to_string().into();
    let wait = Some(Duration::from_millis(20));
    let reply = portal.call(&mut way, &mut claims, Some(&password), None, wait).expect("a reply");
    t.same("nobody answered", Outcome::UNKNOWN, reply.outcome());
    t.same("but it came", Ok(()), agent.step(Some(Duration::ZERO)));
    drop(agent);
    stopper.stop(); // of nobody: nothing
    stopper.stop();

    let keyring = keys();
    let clone = keyring.clone();
    drop(keyring);
    t.same("a clone of keys", Ok(1), clone.describe().map(|info| info.epochs.len()));
}

fn a_handle_that_is_forgotten_keeps_what_it_has(t: &mut Checks) {
    let drops = Drops::default();
    let agent = agent_on(TransportHandle::new(wrong(How::Fails, &drops)).expect("a transport"));
    let stopper = agent.stopper();
    std::mem::forget(agent);
    stopper.stop();
    t.same("still there", 0, drops.count());
}

fn a_store_that_came_from_a_file_is_there_again(t: &mut Checks) {
    let path = std::env::temp_dir().join(format!("pwwb-rust-{}", std::process::id()));
    let lock: Secret = vec![9; 32].into();
    let store = || KeyStoreHandle::file(&path, Lock::Key(&lock)).expect("a store");
    let options = ExchangeOptions { suite: Some(Suite::X25519), ..ExchangeOptions::default() };
    let mut portal = Exchange::new(store(), Half::PORTAL, options).expect("a portal's side");
    let ticket = portal.ticket(&[4; 16], 60, "memory:", "none").expect("a ticket");
    t.check("one line", ticket.as_bytes().starts_with(b"pwwb1-"));
    drop(portal);
    t.same("kept", Ok([4; 16]), store().load().and_then(|k| k.describe()).map(|info| info.tenant));
    let mut agents =
        Exchange::new(store(), Half::AGENT, ExchangeOptions::default()).expect("an agents' side");
    let error = agents.begin(ExchangeKind::ROLL, None).expect_err("of the other half");
    t.check("another half", error.status != Status::OK);
    for end in ["", ".lock"] {
        let _ = std::fs::remove_file(format!("{}{}", path.display(), end));
    }
}

pub fn lifetimes(t: &mut Checks) {
    the_hosts_own_is_dropped_once(t);
    what_is_used_lives(t);
    a_handle_that_is_forgotten_keeps_what_it_has(t);
    a_store_that_came_from_a_file_is_there_again(t);
}
