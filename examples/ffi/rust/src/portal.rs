// SPDX-License-Identifier: Apache-2.0
//! The cloud side.
use crate::envelope::{Claims, Reply};
use crate::error::{call, Result};
use crate::exchange::{Event, Exchange};
use crate::keyring::Keyring;
use crate::keystore::KeyStoreHandle;
use crate::policy::{read_findings, Finding};
use crate::secret::Secret;
use crate::sys;
use crate::text::{filled, octets, to_ms};
use crate::transport::TransportHandle;
use crate::values::{Code, Status};
use std::mem::size_of;
use std::ptr;
use std::time::Duration;

/// Which keys a portal has.
pub enum PortalKeys<'a> {
    /// These for ever.
    Keyring(Keyring),
    /// The store's, followed.
    Store(KeyStoreHandle<'a>),
}

/// What begins: octets to send, or the code that says why there is nothing to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Send this, say by `sent()` how that went, and `finish()` with what comes.
    Sealed(Vec<u8>),
    /// It is over; nothing was set. What is wrong with the new password, if that is why.
    Refused(Code, Vec<Finding>),
}

/// A portal, and its store with it. One thread at a time.
pub struct Portal<'a> {
    raw: *mut sys::pwwb_portal,
    _keys: PortalKeys<'a>,
}

unsafe impl Send for Portal<'_> {} // so is all that is in it; one thread at a time: not Sync

impl<'a> Portal<'a> {
    /// Make one. `life` is a request's: None = two minutes. `cache` is how long keys are used without
    /// looking into the store: None = a minute.
    pub fn new(mut keys: PortalKeys<'a>, life: Option<Duration>, cache: Option<Duration>) -> Result<Self> {
        let mut options = sys::pwwb_portal_options {
            size: size_of::<sys::pwwb_portal_options>(),
            life_s: life.map_or(0, |t| i32::try_from(t.as_secs()).unwrap_or(i32::MAX)),
            cache_ms: cache.map_or(0, |t| i32::try_from(t.as_millis()).unwrap_or(i32::MAX)),
            ..sys::pwwb_portal_options::zeroed()
        };
        let keyring = match &mut keys {
            PortalKeys::Keyring(keyring) => keyring.raw(),
            PortalKeys::Store(store) => {
                options.store = store.raw();
                ptr::null_mut()
            }
        };
        let mut raw = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_portal_new(keyring, &options, &mut raw, err) })?;
        Ok(Portal { raw, _keys: keys })
    }

    /// Seal a request. The claims are told what was sealed.
    pub fn begin(
        &mut self, claims: &mut Claims, password: Option<&Secret>, old: Option<&Secret>,
    ) -> Result<Begun> {
        let mut raw = claims.to_raw()?;
        let (new, new_len) = octets(password.map(Secret::as_bytes));
        let (old, old_len) = octets(old.map(Secret::as_bytes));
        let mut code = 0;
        let sealed = filled(sys::ENVELOPE_MAX, |buf, size, len| {
            call(|err| unsafe {
                sys::pwwb_portal_begin(
                    self.raw, &mut raw, new, new_len, old, old_len, buf, size, len, &mut code, err,
                )
            })
        })?;
        *claims = Claims::from_raw(&raw);
        if sealed.is_empty() {
            let findings = unsafe { read_findings(sys::pwwb_portal_findings(self.raw)) };
            return Ok(Begun::Refused(Code::from_raw(code), findings));
        }
        Ok(Begun::Sealed(sealed))
    }

    /// Say what the transport answered to the sending; `Status::OK`: it was sent. True = that is the end: not
    /// sent, so not set, and `reply` says why. False = an answer may come: wait, then `finish()`.
    pub fn sent(&mut self, claims: &Claims, sent: Status, reply: &mut Reply) -> Result<bool> {
        let raw = claims.to_raw()?;
        let mut is_over = 0;
        call(|err| unsafe {
            sys::pwwb_portal_sent(self.raw, &raw, sent.raw(), reply.raw(), &mut is_over, err)
        })?;
        Ok(is_over == 1)
    }

    /// Take what came for a request; None = nothing will. After an error `reply` says UNKNOWN: call again
    /// with what else comes.
    pub fn finish(&mut self, claims: &Claims, sealed: Option<&[u8]>, reply: &mut Reply) -> Result<()> {
        let raw = claims.to_raw()?;
        let (data, len) = octets(sealed);
        call(|err| unsafe { sys::pwwb_portal_finish(self.raw, &raw, data, len, reply.raw(), err) })
    }

    /// Ask an agent and wait for its answer. An error means that nothing was sent, so nothing was set; all
    /// else is in the reply.
    pub fn call(
        &mut self, transport: &mut TransportHandle<'_>, claims: &mut Claims, password: Option<&Secret>,
        old: Option<&Secret>, timeout: Option<Duration>,
    ) -> Result<Reply> {
        let mut reply = Reply::new()?;
        let mut raw = claims.to_raw()?;
        let (new, new_len) = octets(password.map(Secret::as_bytes));
        let (old, old_len) = octets(old.map(Secret::as_bytes));
        call(|err| unsafe {
            sys::pwwb_portal_call(
                self.raw,
                transport.raw(),
                &mut raw,
                new,
                new_len,
                old,
                old_len,
                to_ms(timeout),
                reply.raw(),
                err,
            )
        })?;
        *claims = Claims::from_raw(&raw);
        Ok(reply)
    }
}

impl Drop for Portal<'_> {
    fn drop(&mut self) {
        unsafe { sys::pwwb_portal_free(self.raw) }
    }
}

/// The portal's part in the exchanges: do what is due, take one order of the agents and answer it;
/// `E_TIMEOUT` when none came.
pub fn serve(
    exchange: &mut Exchange<'_>, transport: &mut TransportHandle<'_>, timeout: Option<Duration>,
) -> Result<Event> {
    let mut event = Event::empty();
    call(|err| unsafe {
        sys::pwwb_portal_serve(
            exchange.raw(),
            ptr::null_mut(),
            transport.raw(),
            to_ms(timeout),
            &mut event,
            err,
        )
    })?;
    Ok(Event::from_raw(&event))
}
