// SPDX-License-Identifier: Apache-2.0
//! What a host brings, in memory: people, a post office, a key store.
use pwwb::{
    Account, AccountKind, Anchor, Answer, Basis, Code, Delivery, Directory, Error, Finding, Found, Id,
    KeyStore, Message, Policy, PolicyRules, PolicySource, Result, Secret, Set, SetKind, SetResult, Settle,
    Status, Transport, Verdict,
};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A lock that a panic of somebody else does not spoil: what is in it is whole after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_millis() as i64)
}

pub struct Person {
    pub name: String,
    pub display_name: String,
    pub password: Secret,
    pub last_set_ms: i64,
}

/// What goes wrong in the directory from now on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// The password is set, and the answer is lost.
    AnswerLost,
    PanicInRead,
    PanicInSet,
}

struct State {
    people: HashMap<Id, Person>,
    fault: Fault,
    sets: usize,
}

/// A directory. Clones are the same one.
#[derive(Clone)]
pub struct People(Arc<Mutex<State>>);

impl People {
    pub fn new() -> Self {
        People(Arc::new(Mutex::new(State { people: HashMap::new(), fault: Fault::None, sets: 0 })))
    }

    pub fn add(&self, guid: Id, name: &str, display_name: &str, password: Secret) {
        let (name, display_name) = (name.to_string(), display_name.to_string());
        lock(&self.0).people.insert(guid, Person { name, display_name, password, last_set_ms: 1000 });
    }

    pub fn break_by(&self, fault: Fault) {
        lock(&self.0).fault = fault;
    }

    /// Whether somebody's password is that one now.
    pub fn has(&self, guid: &Id, password: &str) -> bool {
        lock(&self.0).people.get(guid).map_or(false, |p| p.password.as_bytes() == password.as_bytes())
    }

    /// How many passwords were set so far.
    pub fn sets(&self) -> usize {
        lock(&self.0).sets
    }
}

fn rules() -> PolicyRules {
    PolicyRules {
        source: PolicySource::HOST,
        min_length: Some(8),
        complexity: Answer::YES,
        ..PolicyRules::default()
    }
}

impl Person {
    fn account(&self) -> Account {
        Account {
            kind: AccountKind::PERSON,
            is_protected: Answer::NO,
            is_locked: Answer::NO,
            may_change: Answer::YES,
            password_last_set_ms: Some(self.last_set_ms),
            now_ms: Some(now_ms()),
            account_name: self.name.clone(),
            display_name: self.display_name.clone(),
            ..Account::default()
        }
    }

    /// A refusal is an answer: a code that says why.
    fn judge(&self, set: &Set<'_>, password: &[u8]) -> Result<(Code, Vec<Finding>)> {
        if set.kind == SetKind::CHANGE && set.old_password != Some(self.password.as_bytes()) {
            return Ok((Code::OLD_PASSWORD_WRONG, Vec::new()));
        }
        let (verdict, findings) = Policy::new(&rules())?.check(Some(&self.account()), set.kind, password)?;
        if verdict == Verdict::FAIL {
            return Ok((Code::POLICY_OTHER, findings));
        }
        if self.password.as_bytes() == password {
            let again = Finding { code: Code::POLICY_HISTORY, basis: Basis::STATED, limit: 1, actual: 0 };
            return Ok((Code::POLICY_HISTORY, vec![again]));
        }
        Ok((Code::OK, Vec::new()))
    }
}

impl Directory for People {
    fn find(&mut self, anchor: &Anchor, _timeout: Option<Duration>) -> Result<Found> {
        let is_there = lock(&self.0).people.contains_key(&anchor.guid);
        let code = if is_there { Code::OK } else { Code::NOT_FOUND };
        Ok(Found { code, candidates: is_there.into(), guid: anchor.guid })
    }

    fn read(&mut self, guid: &Id, _timeout: Option<Duration>) -> Result<(Account, PolicyRules)> {
        let state = lock(&self.0);
        assert!(state.fault != Fault::PanicInRead, "a defect of the host's");
        match state.people.get(guid) {
            Some(person) => Ok((person.account(), rules())),
            None => Err(Error::new(Status::E_NOT_FOUND, "there is no such person")),
        }
    }

    fn set(&mut self, set: &Set<'_>, _timeout: Option<Duration>) -> Result<SetResult> {
        let mut state = lock(&self.0);
        assert!(state.fault != Fault::PanicInSet, "a defect of the host's");
        let is_lost = state.fault == Fault::AnswerLost;
        let person = match state.people.get_mut(&set.guid) {
            Some(person) => person,
            None => return Ok(SetResult::of(Code::NOT_FOUND)),
        };
        let password = match set.password {
            Some(password) => password,
            None => return Ok(SetResult::of(Code::OK)), // to unlock only: nobody is locked here
        };
        let (code, findings) = person.judge(set, password)?;
        if code != Code::OK {
            return Ok(SetResult { findings, ..SetResult::of(code) });
        }
        person.password = password.into(); // the old one is wiped
        person.last_set_ms = now_ms();
        let last_set_ms = person.last_set_ms;
        state.sets += 1;
        if is_lost {
            return Err(Error::new(Status::E_CLOSED, "the directory did not answer"));
        }
        Ok(SetResult {
            password_last_set_ms: Some(last_set_ms),
            controller: "memory".to_string(),
            ..SetResult::of(Code::OK)
        })
    }
}

type Boxes = HashMap<String, VecDeque<(Id, Vec<u8>)>>;

/// Boxes with addresses. Clones are the same one.
#[derive(Clone, Default)]
pub struct PostOffice(Arc<(Mutex<Boxes>, Condvar)>);

/// One who has a box there.
pub struct Customer {
    office: PostOffice,
    address: String,
    held: HashMap<u64, (Id, Vec<u8>)>,
    tag: u64,
}

impl PostOffice {
    /// "" is the agents' box; "portals" that of the portals' instances; others are for replies.
    pub fn customer(&self, address: &str) -> Customer {
        Customer { office: self.clone(), address: address.to_string(), held: HashMap::new(), tag: 0 }
    }

    fn put(&self, address: &str, id: Id, data: Vec<u8>) {
        lock(&self.0 .0).entry(address.to_string()).or_default().push_back((id, data));
        self.0 .1.notify_all();
    }

    fn take(&self, address: &str, timeout: Option<Duration>) -> Option<(Id, Vec<u8>)> {
        let end = timeout.map(|t| Instant::now() + t);
        let mut boxes = lock(&self.0 .0);
        loop {
            if let Some(message) = boxes.get_mut(address).and_then(VecDeque::pop_front) {
                return Some(message);
            }
            let left = end.map_or(Duration::from_secs(1), |e| e.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            boxes = self.0 .1.wait_timeout(boxes, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Transport for Customer {
    fn send(&mut self, message: &Message<'_>, _timeout: Option<Duration>) -> Result<()> {
        self.office.put(&message.to, message.id, message.data.to_vec());
        Ok(())
    }

    fn receive(&mut self, buf: &mut [u8], timeout: Option<Duration>) -> Result<Delivery> {
        let (id, data) = self
            .office
            .take(&self.address, timeout)
            .ok_or_else(|| Error::new(Status::E_TIMEOUT, "the box is empty"))?;
        self.tag += 1;
        let delivery = Delivery { len: data.len(), tag: self.tag, id, is_redelivered: Answer::NO };
        buf[..data.len()].copy_from_slice(&data); // were it too long, this panics, and that is told
        self.held.insert(self.tag, (id, data));
        Ok(delivery)
    }

    fn settle(&mut self, tag: u64, verdict: Settle, _timeout: Option<Duration>) -> Result<()> {
        match self.held.remove(&tag) {
            Some((id, data)) if verdict == Settle::RELEASE => self.office.put(&self.address, id, data),
            _ => (),
        }
        Ok(())
    }

    fn address(&self) -> String {
        self.address.clone()
    }
}

/// A key store. Clones are the same one; what is in it is sealed.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<(Vec<u8>, u64)>>);

impl Shelf {
    pub fn holding(sealed: Vec<u8>, version: u64) -> Self {
        Shelf(Arc::new(Mutex::new((sealed, version))))
    }
}

impl KeyStore for Shelf {
    fn load(&mut self) -> Result<(Vec<u8>, u64)> {
        match &*lock(&self.0) {
            (_, 0) => Err(Error::new(Status::E_NOT_FOUND, "nothing was stored yet")),
            stored => Ok(stored.clone()),
        }
    }

    fn swap(&mut self, expected: u64, data: &[u8]) -> Result<()> {
        let mut stored = lock(&self.0);
        if stored.1 != expected {
            return Err(Error::new(Status::E_CHANGED, "somebody else was first"));
        }
        *stored = (data.to_vec(), expected + 1);
        Ok(())
    }
}
