// SPDX-License-Identifier: Apache-2.0
//! What portal and agent do with a transport and a directory of Rust's.
use crate::hosts::{keys, portal_half, Drops, How, World, Wrong, ANNA, LONG};
use crate::memory::{Fault, People, PostOffice};
use crate::tap::Checks;
use pwwb::{
    Agent, AgentKeys, AgentOptions, Anchor, Begun, Claims, Code, DirectoryHandle, Journal, KeyStoreHandle,
    Keyring, Layer, Lock, Message, Outcome, Portal, PortalKeys, Relay, RelayEnd, Reply, Secret, Status,
    StatusClass, Transport, TransportHandle,
};
use std::thread;
use std::time::Duration;

pub fn writeback(t: &mut Checks) {
    let mut w = World::new();

    let reply = w.reset(ANNA, "Correct-Horse-7");
    t.same("set", (Outcome::SET, Code::OK), (reply.outcome(), reply.code()));
    t.same("the server", "memory", reply.controller().as_str());
    t.check("is there", w.people.has(&ANNA, "Correct-Horse-7"));

    let reply = w.reset(ANNA, "anna1");
    let mut codes: Vec<Code> = reply.findings().iter().map(|f| f.code).collect();
    codes.sort();
    codes.dedup();
    t.same("refused", Outcome::NOT_SET, reply.outcome());
    t.same(
        "all of it",
        vec![Code::POLICY_TOO_SHORT, Code::POLICY_COMPLEXITY, Code::POLICY_CONTAINS_NAME],
        codes,
    );
    let short = reply.findings().into_iter().find(|f| f.code == Code::POLICY_TOO_SHORT);
    t.same("with numbers", Some((8, 5)), short.map(|f| (f.limit, f.actual)));
    t.check("nothing is changed", w.people.has(&ANNA, "Correct-Horse-7"));

    w.people.break_by(Fault::AnswerLost);
    let reply = w.reset(ANNA, "Battery-Staple-8");
    t.same("lost", (Outcome::UNKNOWN, Code::OUTCOME_UNKNOWN), (reply.outcome(), reply.code()));
    t.check("it was set", w.people.has(&ANNA, "Battery-Staple-8"));
    w.people.break_by(Fault::None);

    let reply = w.reset([0xee; 16], "Battery-Staple-9");
    t.same("nobody", (Outcome::NOT_SET, Code::NOT_FOUND), (reply.outcome(), reply.code()));
    t.same("sets", 2, w.people.sets());
    t.same("the end", Ok(()), w.end());
    halves(t);
}

fn begin(portal: &mut Portal) -> (Claims, Vec<u8>) {
    let to = "portal".to_string();
    let mut claims = Claims { anchor: Anchor::source(ANNA), reply_to: to, ..Claims::default() };
    let password: Secret = "Correct-Horse-7".to_string().into();
    match portal.begin(&mut claims, Some(&password), None).expect("begun") {
        Begun::Sealed(sealed) => (claims, sealed),
        refused => panic!("{:?}", refused),
    }
}

/// begin, sent, step, finish: nobody waits for anybody.
fn halves(t: &mut Checks) {
    let (people, office, keys) = (People::new(), PostOffice::default(), keys());
    people.add(ANNA, "anna", "Anna Schmidt", "Long-Forgotten-1".to_string().into());
    let mut portal = Portal::new(PortalKeys::Keyring(portal_half(&keys)), None, None).expect("a portal");
    let desk = TransportHandle::new(office.customer("")).expect("a transport");
    let journal = Journal::memory(10).expect("a journal");
    let mut agent = Agent::new(AgentOptions::new(AgentKeys::Keyring(keys), desk, journal)).expect("an agent");
    agent.add_directory("", DirectoryHandle::new(people.clone()).expect("a directory")).expect("added");
    let mut reply = Reply::new().expect("a reply");

    let (claims, _) = begin(&mut portal);
    t.same("a full relay: it is over", Ok(true), portal.sent(&claims, Status::E_FULL, &mut reply));
    t.same("not set", (Outcome::NOT_SET, Code::BUSY), (reply.outcome(), reply.code()));

    let (claims, sealed) = begin(&mut portal);
    for sent in [Status::OK, Status::E_CLOSED] {
        t.same("it may have it", Ok(false), portal.sent(&claims, sent, &mut reply));
        t.same("unknown", (Outcome::UNKNOWN, Code::OUTCOME_UNKNOWN), (reply.outcome(), reply.code()));
    }
    let mut way = office.customer("portal");
    let (to, reply_to) = (String::new(), claims.reply_to.clone());
    let message = Message { data: &sealed, id: claims.cti, expires_ms: claims.exp * 1000, to, reply_to };
    t.same("carried there", Ok(()), way.send(&message, LONG));
    t.same("a step", Ok(()), agent.step(LONG));
    let mut buf = vec![0; 4096];
    let answer = way.receive(&mut buf, LONG).expect("carried back");
    t.same("finished", Ok(()), portal.finish(&claims, Some(&buf[..answer.len]), &mut reply));
    t.same("set", (Outcome::SET, Code::OK), (reply.outcome(), reply.code()));
    t.check("is there", people.has(&ANNA, "Correct-Horse-7"));
    t.same("given up", Ok(()), portal.finish(&claims, None, &mut reply));
    t.same("unknown", (Outcome::UNKNOWN, Code::OUTCOME_UNKNOWN), (reply.outcome(), reply.code()));
}

fn panics_in_the_directory(t: &mut Checks) {
    let mut w = World::new();
    w.people.break_by(Fault::PanicInRead);
    let reply = w.reset(ANNA, "Correct-Horse-7");
    t.same("in read", (Outcome::NOT_SET, Code::INTERNAL), (reply.outcome(), reply.code()));
    w.people.break_by(Fault::PanicInSet);
    let reply = w.reset(ANNA, "Correct-Horse-7");
    t.same("in set", (Outcome::UNKNOWN, Code::OUTCOME_UNKNOWN), (reply.outcome(), reply.code()));
    w.people.break_by(Fault::None);
    let reply = w.reset(ANNA, "Correct-Horse-7");
    t.same("mended", Outcome::SET, reply.outcome());
    t.same("the end", Ok(()), w.end());
}

pub fn callbacks(t: &mut Checks) {
    let lock: Secret = vec![5; 32].into();
    let wrong = |how| Wrong { how, drops: Drops::default() };
    let agent = |how| {
        let desk = TransportHandle::new(wrong(how)).expect("a transport");
        let journal = Journal::memory(10).expect("a journal");
        let mut agent =
            Agent::new(AgentOptions::new(AgentKeys::Keyring(keys()), desk, journal)).expect("an agent");
        agent.step(Some(Duration::ZERO)).expect_err("it cannot receive")
    };
    let error = agent(How::Panics);
    t.same("status", Status::E_CALLBACK, error.status);
    t.same("name", "PWWB_E_CALLBACK", error.name());
    t.same("class", StatusClass::CALLBACK, error.status.class());
    t.same("sentence", "Rust panicked in a transport's receive", error.message.as_str());
    t.check("whose number it is", error.layer == Layer::PWWB || error.layer == Layer::CALLER);
    let error = agent(How::Fails);
    t.same("its own", (Status::E_CLOSED, "the line is cut"), (error.status, error.message.as_str()));

    let load = |how| {
        let mut store = KeyStoreHandle::new(wrong(how), Lock::Key(&lock)).expect("a store");
        store.load().err().expect("it cannot load")
    };
    let error = load(How::Panics);
    t.same("of a store", "PWWB_E_CALLBACK: Rust panicked in a key store's load", error.to_string().as_str());
    t.same("its own, of a store", "PWWB_E_CLOSED: the line is cut", load(How::Fails).to_string().as_str());
    panics_in_the_directory(t);
}

const EACH: usize = 25;

fn resets(relay: Relay, keys: Keyring, number: u8) -> usize {
    let mut portal = Portal::new(PortalKeys::Keyring(keys), None, None).expect("a portal");
    let mut way = relay.connect(RelayEnd::PORTAL).expect("a transport");
    let mut set = 0;
    for round in 0..EACH {
        let mut claims = Claims { anchor: Anchor::source([number; 16]), ..Claims::default() };
        let password: Secret = format!("Correct-Horse-{}-{}", number, round).into();
        let reply = portal.call(&mut way, &mut claims, Some(&password), None, LONG).expect("a reply");
        set += usize::from(reply.outcome() == Outcome::SET);
        thread::sleep(Duration::from_millis(2)); // a password of the same millisecond is not newer
    }
    set
}

/// Four portals and four agents; keys, relay and journal are shared.
pub fn threads(t: &mut Checks) {
    let (people, relay, keys) = (People::new(), Relay::new(100).expect("a relay"), keys());
    let (journal, half) = (Journal::memory(1000).expect("a journal"), portal_half(&keys));
    let mut agents = Vec::new();
    for number in 1..=4u8 {
        let name = format!("person{}", number);
        people.add([number; 16], &name, "", "Long-Forgotten-1".to_string().into());
        let desk = relay.connect(RelayEnd::AGENT).expect("a transport");
        let options = AgentOptions::new(AgentKeys::Keyring(keys.clone()), desk, journal.clone());
        let mut agent = Agent::new(options).expect("an agent");
        agent.add_directory("", DirectoryHandle::new(people.clone()).expect("a directory")).expect("added");
        agents.push((agent.stopper(), thread::spawn(move || agent.run())));
    }
    thread::sleep(Duration::from_millis(1100));
    let portals: Vec<_> = (1..=4)
        .map(|number| {
            let (relay, half) = (relay.clone(), half.clone());
            thread::spawn(move || resets(relay, half, number))
        })
        .collect();
    for (portal, number) in portals.into_iter().zip(1u8..) {
        t.same("set", EACH, portal.join().expect("a portal's thread"));
        t.check("the last one", people.has(&[number; 16], &format!("Correct-Horse-{}-{}", number, EACH - 1)));
    }
    t.same("all of them", 4 * EACH, people.sets());
    for (stopper, agent) in agents {
        stopper.stop();
        t.same("stopped", Ok(()), agent.join().expect("an agent's thread"));
    }
}
