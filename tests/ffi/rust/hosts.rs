// SPDX-License-Identifier: Apache-2.0
//! Hosts for tests: a whole portal and agent, and things of the host's that misbehave.
use crate::memory::{People, PostOffice};
use pwwb::{
    Agent, AgentKeys, AgentOptions, Anchor, Claims, Delivery, DirectoryHandle, Error, Half, Id, Journal,
    KeyStore, Keyring, Lock, Message, Portal, PortalKeys, Reply, Result, Secret, Settle, Status, Stopper,
    Suite, Transport, TransportHandle,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread::{sleep, spawn, JoinHandle};
use std::time::Duration;

pub const LONG: Option<Duration> = Some(Duration::from_secs(10));
pub const ANNA: Id = [0xa1; 16];

pub fn keys() -> Keyring {
    Keyring::new(&[7; 16], Suite::X25519).expect("keys")
}

/// What the portal is given: its half, sealed on the way.
pub fn portal_half(keys: &Keyring) -> Keyring {
    let lock: Secret = vec![3; 32].into();
    let sealed = keys.seal(Half::PORTAL, Lock::Key(&lock)).expect("sealed");
    Keyring::open(&sealed, Lock::Key(&lock)).expect("opened")
}

/// A portal, and an agent in a thread.
pub struct World {
    pub people: People,
    pub portal: Portal<'static>,
    pub way: TransportHandle<'static>,
    stopper: Stopper,
    worker: JoinHandle<Result<()>>,
}

impl World {
    pub fn new() -> Self {
        let (people, office, keys) = (People::new(), PostOffice::default(), keys());
        people.add(ANNA, "anna", "Anna Schmidt", "Long-Forgotten-1".to_string().into());
        let portal = Portal::new(PortalKeys::Keyring(portal_half(&keys)), None, None).expect("a portal");
        let way = TransportHandle::new(office.customer("portal")).expect("a transport");
        let desk = TransportHandle::new(office.customer("")).expect("a transport");
        let journal = Journal::memory(100).expect("a journal");
        let mut agent =
            Agent::new(AgentOptions::new(AgentKeys::Keyring(keys), desk, journal)).expect("an agent");
        agent.add_directory("", DirectoryHandle::new(people.clone()).expect("a directory")).expect("added");
        let stopper = agent.stopper();
        let worker = spawn(move || agent.run());
        sleep(Duration::from_millis(1100)); // see writeback.rs
        World { people, portal, way, stopper, worker }
    }

    pub fn reset(&mut self, who: Id, password: &str) -> Reply {
        let mut claims = Claims { anchor: Anchor::source(who), ..Claims::default() };
        let password: Secret = password.to_string().into();
        self.portal.call(&mut self.way, &mut claims, Some(&password), None, LONG).expect("a reply")
    }

    pub fn end(self) -> Result<()> {
        self.stopper.stop();
        self.worker.join().expect("the agent's thread")
    }
}

/// How often something was dropped.
#[derive(Clone, Default)]
pub struct Drops(Arc<AtomicUsize>);

impl Drops {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A transport and key store that does one thing wrong, and says when it is dropped.
pub struct Wrong {
    pub how: How,
    pub drops: Drops,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    Panics,
    Fails,
    PanicsWhenDropped,
}

impl Wrong {
    fn go(&self) -> Error {
        match self.how {
            How::Panics => panic!("hunter2, which is nobody's business"),
            _ => Error::new(Status::E_CLOSED, "the line is cut"),
        }
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        self.drops.0.fetch_add(1, Ordering::SeqCst);
        if self.how == How::PanicsWhenDropped {
            panic!("a defect in a drop");
        }
    }
}

impl Transport for Wrong {
    fn send(&mut self, _: &Message<'_>, _: Option<Duration>) -> Result<()> {
        Err(self.go())
    }

    fn receive(&mut self, _: &mut [u8], _: Option<Duration>) -> Result<Delivery> {
        Err(self.go())
    }

    fn settle(&mut self, _: u64, _: Settle, _: Option<Duration>) -> Result<()> {
        Err(self.go())
    }
}

impl KeyStore for Wrong {
    fn load(&mut self) -> Result<(Vec<u8>, u64)> {
        Err(self.go())
    }

    fn swap(&mut self, _: u64, _: &[u8]) -> Result<()> {
        Err(self.go())
    }
}
