// SPDX-License-Identifier: Apache-2.0
//! Enable, roll over, disable, revoke: how both sides come to the same keys.
use crate::anchor::Id;
use crate::clock::{self, Clock};
use crate::error::{call, Result};
use crate::keyring::Keyring;
use crate::keystore::KeyStoreHandle;
use crate::secret::Secret;
use crate::sys;
use crate::text::{c_text, filled, octets};
use crate::values::{ExchangeCode, ExchangeKind, Half, Suite, TenantState};
use std::mem::size_of;
use std::ptr;
use std::sync::Arc;

/// How exchanges go; what is None is as the library has it.
#[derive(Default)]
pub struct ExchangeOptions<'a> {
    /// Of new epochs; an agents' side.
    pub suite: Option<Suite>,
    /// Instead of the system's.
    pub clock: Option<Arc<dyn Clock + 'a>>,
}

/// What came of a message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it was; None = a heartbeat, which `Portal::serve()` took.
    pub kind: Option<ExchangeKind>,
    /// How it went.
    pub code: ExchangeCode,
    /// It was taken before, and changed nothing now.
    pub is_repeat: bool,
    /// Of the tenant now.
    pub state: TenantState,
    /// Of the newest epoch now.
    pub generation: u64,
}

impl Event {
    pub(crate) fn empty() -> sys::pwwb_exchange_event {
        sys::pwwb_exchange_event {
            size: size_of::<sys::pwwb_exchange_event>(),
            ..sys::pwwb_exchange_event::zeroed()
        }
    }

    pub(crate) fn from_raw(raw: &sys::pwwb_exchange_event) -> Self {
        Event {
            kind: (raw.kind != 0).then(|| ExchangeKind::from_raw(raw.kind)),
            code: ExchangeCode::from_raw(raw.code),
            is_repeat: raw.is_repeat == 1,
            state: TenantState::from_raw(raw.state),
            generation: raw.generation,
        }
    }
}

/// One side of the exchanges of one tenant, with its store.
pub struct Exchange<'a> {
    raw: *mut sys::pwwb_exchange,
    store: KeyStoreHandle<'a>, // freed after it
    _clock: Option<clock::Kept<'a>>,
}

unsafe impl Send for Exchange<'_> {} // so is what is in it; one thread at a time: not Sync

impl<'a> Exchange<'a> {
    /// Take part. The store is its own: who else uses what is behind it has another handle.
    pub fn new(mut store: KeyStoreHandle<'a>, half: Half, options: ExchangeOptions<'a>) -> Result<Self> {
        let kept: Option<clock::Kept<'a>> = options.clock.map(Box::new);
        let table = clock::table();
        let raw_options = sys::pwwb_exchange_options {
            size: size_of::<sys::pwwb_exchange_options>(),
            clock: kept.as_ref().map_or(ptr::null(), |_| &table),
            clock_ctx: kept.as_ref().map_or(ptr::null_mut(), clock::ctx),
            suite: options.suite.map_or(0, Suite::raw),
            ..sys::pwwb_exchange_options::zeroed()
        };
        let mut raw = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_exchange_new(store.raw(), half.raw(), &raw_options, &mut raw, err) })?;
        Ok(Exchange { raw, store, _clock: kept })
    }

    pub(crate) fn raw(&mut self) -> *mut sys::pwwb_exchange {
        self.raw
    }

    /// The keys as they are now.
    pub fn keyring(&mut self) -> Result<Keyring> {
        self.store.load()
    }

    /// Portal: make a ticket for the agents' administrator. `life_s` 0 = a day.
    pub fn ticket(&mut self, tenant: &Id, life_s: i64, relay: &str, credential: &str) -> Result<Secret> {
        let (relay, credential) = (c_text(relay)?, c_text(credential)?);
        let ticket = sys::pwwb_ticket {
            size: size_of::<sys::pwwb_ticket>(),
            tenant: *tenant,
            life_s,
            relay_address: relay.as_ptr(),
            relay_credential: credential.as_ptr(),
        };
        let mut text = Secret::zeros(sys::TICKET_SIZE);
        let mut len = 0;
        call(|err| unsafe {
            sys::pwwb_exchange_ticket(
                self.raw,
                &ticket,
                text.as_mut_ptr().cast(),
                sys::TICKET_SIZE,
                &mut len,
                err,
            )
        })?;
        text.truncate(len);
        Ok(text)
    }

    /// Begin an exchange: a ticket for ENABLE, none for others.
    pub fn begin(&mut self, kind: ExchangeKind, ticket: Option<&Secret>) -> Result<()> {
        let (text, len) = octets(ticket.map(Secret::as_bytes));
        call(|err| unsafe { sys::pwwb_exchange_begin(self.raw, kind.raw(), text.cast(), len, err) })
    }

    /// Do what is due; what is to be sent now, if anything.
    pub fn step(&mut self) -> Result<Option<Vec<u8>>> {
        let sealed = filled(sys::ENVELOPE_MAX, |buf, size, len| {
            call(|err| unsafe { sys::pwwb_exchange_step(self.raw, buf, size, len, err) })
        })?;
        Ok(Some(sealed).filter(|s| !s.is_empty()))
    }

    /// Take a message of the other side: what came of it, and what is to be sent back.
    pub fn take(&mut self, sealed: &[u8]) -> Result<(Event, Option<Vec<u8>>)> {
        let mut event = Event::empty();
        let answer = filled(sys::ENVELOPE_MAX, |buf, size, len| {
            call(|err| unsafe {
                sys::pwwb_exchange_take(
                    self.raw,
                    sealed.as_ptr(),
                    sealed.len(),
                    buf,
                    size,
                    len,
                    &mut event,
                    err,
                )
            })
        })?;
        Ok((Event::from_raw(&event), Some(answer).filter(|a| !a.is_empty())))
    }

    /// Portal: the administrator has compared the fingerprint.
    pub fn confirm(&mut self, fingerprint: &str) -> Result<()> {
        call(|err| unsafe {
            sys::pwwb_exchange_confirm(self.raw, fingerprint.as_ptr().cast(), fingerprint.len(), err)
        })
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        unsafe { sys::pwwb_exchange_free(self.raw) }
    }
}
