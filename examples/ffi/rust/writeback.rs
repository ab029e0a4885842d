// SPDX-License-Identifier: Apache-2.0
//! Password writeback from Rust: portal and agent in one process, with a transport, a directory and key
//! stores of its own (memory.rs).
//!
//!     rustc --edition 2021 -O --crate-type rlib --crate-name pwwb src/lib.rs
//!     rustc --edition 2021 -O --extern pwwb=libpwwb.rlib writeback.rs
//!
//! or `cargo run`. Where the library is not where the linker looks: `-L FOLDER`, and at run time
//! LD_LIBRARY_PATH. Prints what happened; ends with 0 when it was what must happen.
#[allow(dead_code)] // the tests use more of it
mod memory;

use memory::{Fault, People, PostOffice, Shelf};
use pwwb::{
    serve, Agent, AgentKeys, AgentOptions, Anchor, Claims, Code, Counter, DirectoryHandle, Exchange,
    ExchangeCode, ExchangeKind, ExchangeOptions, Half, Id, Journal, KeyStoreHandle, Lock, Outcome, Portal,
    PortalKeys, Result, Secret, Suite, TransportHandle,
};
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

const SECONDS: Duration = Duration::from_secs(10);

fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut octets)).expect("no randomness");
    octets
}

fn secret(text: &str) -> Secret {
    text.to_string().into()
}

/// A tenant that is enabled: the agent, and the portal's store and its lock.
struct Enabled {
    agent: Agent<'static>,
    portals: Shelf,
    lock: Secret,
}

/// What the administrators do once: a ticket from the portal to the agents, and a fingerprint compared.
fn enable(office: &PostOffice) -> Result<Enabled> {
    let lock: Secret = random::<32>()[..].into();
    let (portals, agents) = (Shelf::default(), Shelf::default());
    let store = |shelf: &Shelf| KeyStoreHandle::new(shelf.clone(), Lock::Key(&lock));
    let options = || ExchangeOptions { suite: Some(Suite::X25519), ..ExchangeOptions::default() };
    let mut portal_side = Exchange::new(store(&portals)?, Half::PORTAL, options())?;
    let mut agent_side = Exchange::new(store(&agents)?, Half::AGENT, options())?;

    let ticket = portal_side.ticket(&random(), 0, "memory:", "none needed")?;
    agent_side.begin(ExchangeKind::ENABLE, Some(&ticket))?;
    let transport = TransportHandle::new(office.customer(""))?;
    let options = AgentOptions::new(AgentKeys::Exchange(agent_side), transport, Journal::memory(100)?);
    let mut agent = Agent::new(options)?;

    let mut desk = TransportHandle::new(office.customer("portals"))?;
    let _ = agent.step(Some(Duration::ZERO)); // its order goes out; nothing came in yet
    let event = serve(&mut portal_side, &mut desk, Some(SECONDS))?;
    assert_eq!(event.code, ExchangeCode::WAITING);
    let shown = store(&agents)?.load()?.describe()?.fingerprint;
    println!("the agent shows {}, which is compared and confirmed", shown);
    portal_side.confirm(&shown)?;
    Ok(Enabled { agent, portals, lock })
}

/// Ask, print, and tell whether it is what must be.
fn ask(
    portal: &mut Portal<'_>, way: &mut TransportHandle<'_>, who: Id, title: &str, password: &str,
    expected: (Outcome, &[Code]),
) -> Result<bool> {
    let mut claims = Claims { anchor: Anchor::source(who), ..Claims::default() };
    let reply = portal.call(way, &mut claims, Some(&secret(password)), None, Some(SECONDS))?;
    let findings: Vec<Code> = reply.findings().iter().map(|f| f.code).collect();
    println!("{:<28} {:<8} {}", title, reply.outcome().name(), reply.code().name());
    for code in &findings {
        println!("    {}", code.user_text());
    }
    if reply.outcome() == Outcome::UNKNOWN {
        println!("    {}", reply.code().user_text());
    }
    Ok(reply.outcome() == expected.0
        && expected.1.iter().all(|code| *code == reply.code() || findings.contains(code)))
}

/// What the person at the portal asks, one after the other; how many answers are not what they must be.
fn story(portal: &mut Portal<'_>, way: &mut TransportHandle<'_>, people: &People, anna: Id) -> Result<usize> {
    let broken = [Code::POLICY_TOO_SHORT, Code::POLICY_COMPLEXITY, Code::POLICY_CONTAINS_NAME];
    let mut good = Vec::new();

    good.push(ask(portal, way, anna, "a reset", "Correct-Horse-7", (Outcome::SET, &[Code::OK]))?);
    good.push(people.has(&anna, "Correct-Horse-7"));
    good.push(ask(portal, way, anna, "one that breaks the rules", "anna1", (Outcome::NOT_SET, &broken))?);
    good.push(ask(
        portal,
        way,
        random(),
        "somebody unknown",
        "Correct-Horse-8",
        (Outcome::NOT_SET, &[Code::NOT_FOUND]),
    )?);
    people.break_by(Fault::AnswerLost);
    good.push(ask(
        portal,
        way,
        anna,
        "the answer is lost",
        "Battery-Staple-8",
        (Outcome::UNKNOWN, &[Code::OUTCOME_UNKNOWN]),
    )?);
    people.break_by(Fault::None);
    good.push(people.has(&anna, "Battery-Staple-8")); // it was set: "not set" would have been a lie
    good.push(people.sets() == 2);
    Ok(good.iter().filter(|is_good| !**is_good).count())
}

fn run() -> Result<usize> {
    let (office, people) = (PostOffice::default(), People::new());
    let anna = random();
    people.add(anna, "anna", "Anna Schmidt", secret("Long-Forgotten-1"));

    let Enabled { mut agent, portals, lock } = enable(&office)?;
    agent.add_directory("", DirectoryHandle::new(people.clone())?)?;
    let stopper = agent.stopper();
    let worker = thread::spawn(move || agent.run().map(|()| agent.count(Counter::RECEIVED)));
    // What came in the second in which its journal was made, an agent may have forgotten: it says "unknown".
    thread::sleep(Duration::from_millis(1100));

    let store = KeyStoreHandle::new(portals, Lock::Key(&lock))?;
    let mut portal = Portal::new(PortalKeys::Store(store), None, None)?;
    let mut way = TransportHandle::new(office.customer("portal-1"))?;
    let wrong = story(&mut portal, &mut way, &people, anna);
    stopper.stop();
    let received = worker.join().expect("the agent's thread")?;
    println!("the agent received {} messages", received);
    wrong
}

fn main() -> ExitCode {
    match run() {
        Ok(0) => {
            println!("all as it must be");
            return ExitCode::SUCCESS;
        }
        Ok(wrong) => println!("{} NOT as it must be", wrong),
        Err(error) => println!("{}", error),
    }
    ExitCode::FAILURE
}
