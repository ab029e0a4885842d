// SPDX-License-Identifier: Apache-2.0
//! The on-premises loop, and the journal it works with.
use crate::anchor::Id;
use crate::callback::catch;
use crate::directory::DirectoryHandle;
use crate::error::{call, Result};
use crate::exchange::Exchange;
use crate::keyring::Keyring;
use crate::sys;
use crate::text::{c_text, text_of, to_ms};
use crate::transport::TransportHandle;
use crate::values::{Counter, LogLevel};
use std::mem::size_of;
use std::os::raw::{c_char, c_void};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

struct JournalOwner(*mut sys::pwwb_journal);

unsafe impl Send for JournalOwner {} // one in memory is locked inside: docs/threads.md
unsafe impl Sync for JournalOwner {}

impl Drop for JournalOwner {
    fn drop(&mut self) {
        unsafe { sys::pwwb_journal_free(self.0) }
    }
}

/// What was done already. Clones are the same journal; it lives as long as one of them or an agent with it.
#[derive(Clone)]
pub struct Journal(Arc<JournalOwner>);

impl Journal {
    /// One in memory that remembers so many requests. The agents of one process share it.
    pub fn memory(capacity: usize) -> Result<Self> {
        let mut raw = ptr::null_mut();
        call(|err| unsafe {
            sys::pwwb_journal_new_memory(capacity, ptr::null(), ptr::null_mut(), &mut raw, err)
        })?;
        Ok(Journal(Arc::new(JournalOwner(raw))))
    }
}

/// Which keys an agent has.
pub enum AgentKeys<'a> {
    /// These, and they do not change.
    Keyring(Keyring),
    /// Those of the exchange's store; what is due is done, orders are sent, answers taken.
    Exchange(Exchange<'a>),
}

/// What an agent works with, which is the agent's from then on.
#[allow(missing_docs)] // each as its field in pwwb_agent_options
pub struct AgentOptions<'a> {
    pub keys: AgentKeys<'a>,
    pub transport: TransportHandle<'a>,
    pub journal: Journal,
    /// For one request; None = 30 s.
    pub timeout: Option<Duration>,
    /// None = it sends no heartbeats.
    pub agent_id: Option<Id>,
    /// By which clocks may differ; None = two minutes.
    pub skew: Option<Duration>,
    /// Bits of [`WritebackFlag`](crate::WritebackFlag).
    pub flags: u32,
}

impl<'a> AgentOptions<'a> {
    /// The rest as the library has it.
    pub fn new(keys: AgentKeys<'a>, transport: TransportHandle<'a>, journal: Journal) -> Self {
        AgentOptions { keys, transport, journal, timeout: None, agent_id: None, skew: None, flags: 0 }
    }
}

type Log<'a> = Box<dyn FnMut(LogLevel, &str, &str) + Send + 'a>;

/// An agent, and all that it works with. One thread at a time may use it; any may stop it.
pub struct Agent<'a> {
    raw: *mut sys::pwwb_agent,
    stopper: Stopper,
    log: Option<Box<Log<'a>>>,
    directories: Vec<DirectoryHandle<'a>>,
    keys: AgentKeys<'a>,
    _transport: TransportHandle<'a>,
    _journal: Journal,
}

unsafe impl Send for Agent<'_> {} // so is all that is in it; one thread at a time: not Sync

fn whole_ms(time: Option<Duration>) -> i64 {
    time.map_or(0, |t| to_ms(Some(t)))
}

impl<'a> Agent<'a> {
    /// Make one.
    pub fn new(options: AgentOptions<'a>) -> Result<Self> {
        let AgentOptions { mut keys, mut transport, journal, .. } = options;
        let writeback = sys::pwwb_writeback_options {
            size: size_of::<sys::pwwb_writeback_options>(),
            skew_ms: whole_ms(options.skew),
            flags: options.flags,
            ..sys::pwwb_writeback_options::zeroed()
        };
        let mut raw_options = sys::pwwb_agent_options {
            size: size_of::<sys::pwwb_agent_options>(),
            transport: transport.raw(),
            journal: journal.0 .0,
            writeback: &writeback,
            timeout_ms: whole_ms(options.timeout),
            agent_id: options.agent_id.unwrap_or_default(),
            ..sys::pwwb_agent_options::zeroed()
        };
        match &mut keys {
            AgentKeys::Keyring(keyring) => raw_options.keyring = keyring.raw(),
            AgentKeys::Exchange(exchange) => raw_options.exchange = exchange.raw(),
        }
        let mut raw = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_agent_new(&raw_options, &mut raw, err) })?;
        let stopper = Stopper(Arc::new(Mutex::new(Stoppable(raw))));
        Ok(Agent {
            raw,
            stopper,
            log: None,
            directories: Vec::new(),
            keys,
            _transport: transport,
            _journal: journal,
        })
    }

    /// Let it write to one more directory; "" = the only one.
    pub fn add_directory(&mut self, name: &str, mut directory: DirectoryHandle<'a>) -> Result<()> {
        let name = c_text(name)?;
        call(|err| unsafe { sys::pwwb_agent_add_directory(self.raw, name.as_ptr(), directory.raw(), err) })?;
        self.directories.push(directory);
        Ok(())
    }

    /// Listen to what it says: level, room, line.
    pub fn set_log(&mut self, log: impl FnMut(LogLevel, &str, &str) + Send + 'a) {
        let mut log: Box<Log<'a>> = Box::new(Box::new(log));
        let ctx: *mut Log<'a> = &mut *log;
        unsafe { sys::pwwb_agent_set_log(self.raw, Some(say), ctx.cast()) }
        self.log = Some(log);
    }

    /// Wait for one message and deal with it; `E_TIMEOUT` when none came.
    pub fn step(&mut self, timeout: Option<Duration>) -> Result<()> {
        call(|err| unsafe { sys::pwwb_agent_step(self.raw, to_ms(timeout), err) })
    }

    /// Deal with messages until it is stopped.
    pub fn run(&mut self) -> Result<()> {
        call(|err| unsafe { sys::pwwb_agent_run(self.raw, err) })
    }

    /// What stops it, from any thread.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// How often something happened.
    pub fn count(&self, counter: Counter) -> u64 {
        unsafe { sys::pwwb_agent_count(self.raw, counter.raw()) }
    }

    /// Its exchange, to begin one or to see the fingerprint.
    pub fn exchange(&mut self) -> Option<&mut Exchange<'a>> {
        match &mut self.keys {
            AgentKeys::Exchange(exchange) => Some(exchange),
            AgentKeys::Keyring(_) => None,
        }
    }
}

impl Drop for Agent<'_> {
    fn drop(&mut self) {
        self.stopper.forget(); // first: then nobody stops what is gone
        unsafe { sys::pwwb_agent_free(self.raw) } // and then what it borrowed, by the fields
    }
}

struct Stoppable(*mut sys::pwwb_agent);

unsafe impl Send for Stoppable {} // pwwb_agent_stop() may be called by any thread

/// Stops an agent, within a quarter of a second or after the request at hand; of one that is gone, nothing.
#[derive(Clone)]
pub struct Stopper(Arc<Mutex<Stoppable>>);

impl Stopper {
    /// Ask it to stop. Not from a signal handler: there is a lock.
    pub fn stop(&self) {
        let agent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unsafe { sys::pwwb_agent_stop(agent.0) } // may be NULL
    }

    fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = ptr::null_mut();
    }
}

unsafe extern "C" fn say(ctx: *mut c_void, level: i32, room: *const c_char, message: *const c_char) {
    let log = unsafe { &mut *ctx.cast::<Log<'_>>() };
    let (room, message) = unsafe { (text_of(room), text_of(message)) };
    catch(|| log(LogLevel::from_raw(level), &room, &message));
}
