// SPDX-License-Identifier: Apache-2.0
//! tests/vectors/pwwb, as far as public functions reach it: tests/ffi/README.md.
use crate::json::Json;
use crate::memory::Shelf;
use crate::tap::Checks;
use pwwb::{
    Anchor, Clock, Exchange, ExchangeKind, ExchangeOptions, Half, Heartbeat, Id, KeyStoreHandle, Keyring,
    Lock, LockKind, Reply, Request, Result, Secret, Status, Suite,
};
use std::sync::Arc;

const NOW: i64 = 1760000000;
const SKEW: i64 = 120;

/// The files.
#[derive(Clone)]
pub struct Vectors {
    pub keys: Json,
    pub keyrings: Json,
    pub messages: Json,
    pub exchange: Json,
    pub refused: Json,
    pub answers: Json,
}

impl Vectors {
    pub fn read(tests: &str) -> Self {
        let ours = |name: &str| Json::read(&format!("{}/vectors/pwwb/{}.json", tests, name));
        Vectors {
            keys: ours("keys"),
            keyrings: ours("keyrings"),
            messages: ours("messages"),
            exchange: ours("exchange"),
            refused: ours("refused"),
            answers: Json::read(&format!("{}/ffi/refused.json", tests)),
        }
    }

    fn keyring(&self, index: usize) -> Result<Keyring> {
        let row = &self.keyrings.of("keyrings").list()[index];
        let sealed = row.of("sealed").octets();
        if row.of("lock").int() == i64::from(LockKind::KEY.raw()) {
            return Keyring::open(&sealed, Lock::Key(&row.of("key").octets().into()));
        }
        Keyring::open(&sealed, Lock::Passphrase(&row.of("passphrase").text().to_string().into()))
    }

    /// A side over a store of its own that holds a keyring, or none, at a time.
    fn side(&self, half: Half, index: Option<usize>, now: i64) -> Result<Exchange<'static>> {
        let row = |i: usize| &self.keyrings.of("keyrings").list()[i];
        let shelf = index.map_or_else(Shelf::default, |i| {
            Shelf::holding(row(i).of("sealed").octets(), row(i).of("version").int() as u64)
        });
        let lock: Secret = row(index.unwrap_or(0)).of("key").octets().into();
        let clock: Arc<dyn Clock> = Arc::new(Stands(now * 1000));
        let options = ExchangeOptions { suite: Some(Suite::X25519), clock: Some(clock) };
        Exchange::new(KeyStoreHandle::new(shelf, Lock::Key(&lock))?, half, options)
    }

    fn agents(&self) -> Result<Exchange<'static>> {
        self.side(Half::AGENT, Some(0), NOW + 300)
    }

    fn portals(&self) -> Result<Exchange<'static>> {
        self.side(Half::PORTAL, Some(1), NOW + 300)
    }

    fn enable_by(&self, ticket: &str) -> Result<Exchange<'static>> {
        let mut agents = self.side(Half::AGENT, None, NOW)?;
        agents.begin(ExchangeKind::ENABLE, Some(&ticket.to_string().into()))?;
        Ok(agents)
    }

    pub fn all_that_opens(&self, t: &mut Checks) {
        for part in ["keyrings", "requests", "replies", "heartbeats", "exchanges"] {
            self.what_opens(t, part);
        }
    }

    /// One part of it.
    pub fn what_opens(&self, t: &mut Checks, part: &str) {
        let result = match part {
            "keyrings" => self.keyrings(t),
            "requests" => self.requests(t),
            "replies" => self.replies(t),
            "heartbeats" => self.heartbeats(t),
            _ => self.exchanges(t),
        };
        if let Err(error) = result {
            t.check(&format!("{}: {}", part, error), false);
        }
    }

    fn keyrings(&self, t: &mut Checks) -> Result<()> {
        for (index, row) in self.keyrings.of("keyrings").list().iter().enumerate() {
            let (name, content) = (row.of("name").text(), row.of("keyring"));
            let info = self.keyring(index)?.describe()?;
            t.same(name, self.keys.of("tenant").octets(), info.tenant.to_vec());
            t.same(name, content.of("half").int(), info.half.raw().into());
            t.same(name, content.of("state").int(), info.state.raw().into());
            t.same(name, content.of("generation").int(), info.generation as i64);
            t.same(name, row.of("version").int(), info.version as i64);
            t.same(name, content.of("epochs").list().len(), info.epochs.len());
            for (expected, epoch) in content.of("epochs").list().iter().zip(&info.epochs) {
                let keys = self.keys.of("epochs").of(expected.of("epoch").text());
                t.same(name, expected.of("state").int(), epoch.state.raw().into());
                t.same(name, expected.of("since").int(), epoch.since_s);
                t.same(name, keys.of("generation").int(), epoch.generation as i64);
                t.same(name, keys.of("suite").int(), epoch.suite.raw().into());
                t.same(name, keys.of("created").int(), epoch.created_s);
            }
            if index < 2 {
                let fingerprint = self.exchange.of("fingerprints").list()[0].of("text").text();
                t.same(name, fingerprint, info.fingerprint.as_str());
            }
        }
        Ok(())
    }

    fn requests(&self, t: &mut Checks) -> Result<()> {
        let keyring = self.keyring(0)?;
        let mut request = Request::new()?;
        for row in self.messages.of("requests").list() {
            let (name, c) = (row.of("name").text(), row.of("claims"));
            let sealed = row.of("outer").of("message").octets();
            request.open(&keyring, &sealed, c.of("iat").int(), SKEW)?;
            let claims = request.claims().expect("claims");
            let (actor, anchor) = (c.of("actor").list(), c.of("anchor").list());
            t.same(name, self.keys.of("tenant").octets(), claims.tenant.to_vec());
            t.same(name, c.of("cti").octets(), claims.cti.to_vec());
            t.same(name, (c.of("iat").int(), c.of("exp").int()), (claims.iat, claims.exp));
            t.same(name, c.of("operation").int(), claims.operation.raw().into());
            t.same(name, c.of("origin").int(), claims.origin.raw().into());
            t.same(name, actor[0].int(), claims.actor.raw().into());
            t.same(name, actor.get(1).map_or(vec![0; 16], Json::octets), claims.actor_id.to_vec());
            t.same(name, c.of("user_type").int(), claims.user_type.raw().into());
            t.same(name, (anchor[0].int(), anchor[1].octets()), anchor_of(&claims.anchor));
            t.same(name, c.of("flags").int(), claims.flags.into());
            t.same(name, c.of("must_change").int(), claims.must_change.raw().into());
            t.same(name, c.of("reply_to").text(), claims.reply_to.as_str());
            t.same(name, None, request.password());
            request.open_secret()?;
            t.same(name, row.find("password").map(|p| p.text().as_bytes()), request.password());
            t.same(name, row.find("old_password").map(|p| p.text().as_bytes()), request.old_password());
        }
        Ok(())
    }

    fn replies(&self, t: &mut Checks) -> Result<()> {
        let keyring = self.keyring(1)?;
        let mut reply = Reply::new()?;
        for row in self.messages.of("replies").list() {
            let name = row.of("name").text();
            let cti: Id = row.of("cti").octets().try_into().expect("16 octets");
            reply.open(&keyring, &cti, &row.of("outer").of("message").octets())?;
            t.same(name, row.of("outcome").int(), reply.outcome().raw().into());
            t.same(name, row.of("code").int(), reply.code().raw().into());
            t.same(name, row.of("controller").text(), reply.controller().as_str());
            t.same(name, row.of("time").int(), reply.time_ms());
            let numbers = |f: &Json| f.list().iter().map(Json::int).collect::<Vec<i64>>();
            let expected: Vec<Vec<i64>> = row.of("findings").list().iter().map(numbers).collect();
            let findings = reply.findings();
            let actual =
                findings.iter().map(|f| vec![f.code.raw().into(), f.basis.raw().into(), f.limit, f.actual]);
            t.same(name, expected, actual.collect());
        }
        Ok(())
    }

    fn heartbeats(&self, t: &mut Checks) -> Result<()> {
        let keyring = self.keyring(1)?;
        for row in self.messages.of("heartbeats").list() {
            let name = row.of("name").text();
            let sealed = row.of("outer").of("message").octets();
            let h = Heartbeat::open(&keyring, &sealed, row.of("time").int() / 1000, SKEW)?;
            let numbers = |field: &str| row.of(field).list().iter().map(Json::int).collect::<Vec<i64>>();
            t.same(name, row.of("agent_id").octets(), h.agent_id.to_vec());
            t.same(name, row.of("boot_id").octets(), h.boot_id.to_vec());
            t.same(name, row.of("sequence").int(), h.sequence as i64);
            t.same(name, row.of("time").int(), h.time_ms);
            t.same(name, row.of("health").int(), h.health.raw().into());
            t.same(name, row.of("key_age").int(), h.key_age_s);
            t.same(name, numbers("counters"), h.counters.iter().map(|&n| n as i64).collect());
            let rules = [h.min_length, h.complexity.raw(), h.history_length].map(i64::from);
            let rest = [h.min_age_s, h.max_age_s, h.rules_source.raw().into()];
            t.same(name, numbers("rules"), [rules, rest].concat());
            t.same(
                name,
                numbers("agent"),
                [h.version, h.directories, h.directories_up].map(i64::from).to_vec(),
            );
        }
        Ok(())
    }

    fn exchanges(&self, t: &mut Checks) -> Result<()> {
        for row in self.exchange.of("tickets").list() {
            let info = self.enable_by(row.of("text").text())?.keyring()?.describe()?;
            t.same(row.of("name").text(), self.keys.of("tenant").octets(), info.tenant.to_vec());
            t.check("a ticket is there", info.has_ticket);
        }
        for row in self.exchange.of("orders").list() {
            let (event, _) = self.portals()?.take(&row.of("outer").of("message").octets())?;
            t.same(row.of("name").text(), Some(row.of("kind").int()), event.kind.map(|k| k.raw().into()));
        }
        for row in self.exchange.of("controls").list() {
            let (event, _) = self.agents()?.take(&row.of("outer").of("message").octets())?;
            if row.of("kind").int() == 2 {
                t.same(row.of("name").text(), Some(ExchangeKind::REVOKE), event.kind);
            } else {
                t.same(row.of("name").text(), row.of("code").int(), event.code.raw().into());
            }
        }
        Ok(())
    }

    /// What the library answers to each of them: whether it was opened as far as its claims, and a status' name.
    pub fn given_to_all(&self) -> Vec<(bool, &'static str)> {
        self.refused.of("refused").list().iter().map(|row| self.given(row)).collect()
    }

    pub fn all_that_is_refused(&self, t: &mut Checks, given: &[(bool, &'static str)]) {
        let rows = self.refused.of("refused").list();
        t.same("answers", rows.len(), given.len());
        for (row, given) in rows.iter().zip(given) {
            let answer = self.answer_to(row);
            let name = format!("{}: {}", row.of("as").text(), row.of("name").text());
            t.same(&name, (answer.find("opens").is_some(), answer.of("status").text()), *given);
        }
    }

    /// The row with the vector's name, else the one of its step without a name.
    fn answer_to(&self, vector: &Json) -> &Json {
        let is_of = |row: &&Json| {
            row.of("as") == vector.of("as")
                && row.of("step") == vector.of("step")
                && row.find("name").map_or(true, |name| name == vector.of("name"))
        };
        let mut rows: Vec<&Json> = self.answers.of("rows").list().iter().filter(is_of).collect();
        rows.sort_by_key(|row| row.find("name").is_none());
        rows.first().unwrap_or_else(|| panic!("no answer to {:?}", vector.of("name")))
    }

    fn given(&self, row: &Json) -> (bool, &'static str) {
        let message = || row.of("message").octets();
        let result = match row.of("as").text() {
            "request" => return self.given_request(&message(), row.of("now").int()),
            "reply" => self.keyring(1).and_then(|k| Reply::new()?.open(&k, &Id::default(), &message())),
            "heartbeat" => self.keyring(1).and_then(|k| Heartbeat::open(&k, &message(), NOW, SKEW).map(drop)),
            "control" => self.agents().and_then(|mut a| a.take(&message()).map(drop)),
            "order" => self.portals().and_then(|mut p| p.take(&message()).map(drop)),
            "ticket" => self.enable_by(row.of("text").text()).map(drop),
            other => panic!("nothing is received as {}", other),
        };
        (false, result.map_or_else(|error| error.name(), |()| Status::OK.name()))
    }

    fn given_request(&self, message: &[u8], now: i64) -> (bool, &'static str) {
        let mut request = Request::new().expect("a request");
        let keyring = self.keyring(0).expect("keys");
        if let Err(error) = request.open(&keyring, message, now, SKEW) {
            return (false, error.name());
        }
        (true, request.open_secret().map_or_else(|error| error.name(), |()| Status::OK.name()))
    }
}

fn anchor_of(anchor: &Anchor) -> (i64, Vec<u8>) {
    (anchor.kind.raw().into(), anchor.guid.to_vec())
}

/// A clock that stands.
struct Stands(i64);

impl Clock for Stands {
    fn wall_ms(&self) -> i64 {
        self.0
    }

    fn monotonic_ms(&self) -> i64 {
        self.0
    }
}
