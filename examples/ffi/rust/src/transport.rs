// SPDX-License-Identifier: Apache-2.0
//! Whole messages between portal and agent: the host's own way, or a relay in this process.
use crate::anchor::Id;
use crate::callback::{destroy, guarded, new_handle};
use crate::error::{call, Result};
use crate::sys;
use crate::text::{array_text, c_text, from_ms};
use crate::values::{Answer, RelayEnd, Settle, Status};
use std::ffi::CString;
use std::marker::PhantomData;
use std::os::raw::{c_char, c_void};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

/// One message on its way out.
#[allow(missing_docs)] // each as its field in pwwb_message
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    pub data: &'a [u8],
    pub id: Id,
    pub expires_ms: i64,
    pub to: String,
    pub reply_to: String,
}

/// One message that came in: its octets are in the buffer.
#[allow(missing_docs)] // each as its field in pwwb_delivery
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub len: usize,
    pub tag: u64,
    pub id: Id,
    pub is_redelivered: Answer,
}

/// What carries messages; the host's. Called on the thread that uses the handle which has it. What each
/// status means to the library, `pwwb_transport_ops` says. No limit of time is None.
pub trait Transport: Send {
    /// Send one whole message.
    fn send(&mut self, message: &Message<'_>, timeout: Option<Duration>) -> Result<()>;

    /// Receive one into `buf`, or `Status::E_TIMEOUT`.
    fn receive(&mut self, buf: &mut [u8], timeout: Option<Duration>) -> Result<Delivery>;

    /// What becomes of a received message.
    fn settle(&mut self, tag: u64, verdict: Settle, timeout: Option<Duration>) -> Result<()>;

    /// Where replies to this side go; asked once.
    fn address(&self) -> String {
        String::new()
    }

    /// Whether an agent listens, as far as the relay tells.
    fn presence(&mut self) -> Result<Answer> {
        Ok(Answer::MAYBE)
    }

    /// Keep a received message for a while.
    fn hold(&mut self, _tag: u64) -> Result<()> {
        Err(Status::E_NOT_SUPPORTED.into())
    }
}

/// A transport in use; what it was made of lives as long as it does.
pub struct TransportHandle<'a> {
    raw: *mut sys::pwwb_transport,
    _relay: Option<Arc<RelayOwner>>,
    _host: PhantomData<Box<dyn Transport + 'a>>,
}

unsafe impl Send for TransportHandle<'_> {} // so is what is in it; one thread at a time: not Sync

struct Host<T> {
    transport: T,
    address: CString,
}

impl<'a> TransportHandle<'a> {
    /// Take a transport of the host's.
    pub fn new<T: Transport + 'a>(transport: T) -> Result<Self> {
        let ops = sys::pwwb_transport_ops {
            size: std::mem::size_of::<sys::pwwb_transport_ops>(),
            send: Some(send::<T>),
            receive: Some(receive::<T>),
            settle: Some(settle::<T>),
            address: Some(address::<T>),
            destroy: Some(destroy::<Host<T>>),
            presence: Some(presence::<T>),
            hold: Some(hold::<T>),
        };
        let address = c_text(&transport.address())?;
        let raw = new_handle(Host { transport, address }, |ctx, ret, err| unsafe {
            sys::pwwb_transport_new(&ops, ctx, ret, err)
        })?;
        Ok(TransportHandle { raw, _relay: None, _host: PhantomData })
    }

    pub(crate) fn raw(&mut self) -> *mut sys::pwwb_transport {
        self.raw
    }
}

impl Drop for TransportHandle<'_> {
    fn drop(&mut self) {
        unsafe { sys::pwwb_transport_free(self.raw) }
    }
}

unsafe extern "C" fn send<T: Transport>(
    ctx: *mut c_void, message: *const sys::pwwb_message, timeout_ms: i64, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a transport's send", |host: &mut Host<T>| {
            let m = &*message;
            let data = std::slice::from_raw_parts(m.data, m.len);
            let message = Message {
                data,
                id: m.id,
                expires_ms: m.expires_ms,
                to: array_text(&m.to),
                reply_to: array_text(&m.reply_to),
            };
            host.transport.send(&message, from_ms(timeout_ms))
        })
    }
}

unsafe extern "C" fn receive<T: Transport>(
    ctx: *mut c_void, buf: *mut u8, buf_size: usize, ret_delivery: *mut sys::pwwb_delivery, timeout_ms: i64,
    err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a transport's receive", |host: &mut Host<T>| {
            ptr::write_bytes(buf, 0, buf_size); // a slice is of octets that were written once
            let buf = std::slice::from_raw_parts_mut(buf, buf_size);
            let got = host.transport.receive(buf, from_ms(timeout_ms))?;
            let ret = &mut *ret_delivery;
            ret.len = got.len;
            ret.tag = got.tag;
            ret.id = got.id;
            ret.is_redelivered = got.is_redelivered.raw();
            Ok(())
        })
    }
}

unsafe extern "C" fn settle<T: Transport>(
    ctx: *mut c_void, tag: u64, verdict: i32, timeout_ms: i64, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a transport's settle", |host: &mut Host<T>| {
            host.transport.settle(tag, Settle::from_raw(verdict), from_ms(timeout_ms))
        })
    }
}

unsafe extern "C" fn address<T: Transport>(ctx: *mut c_void) -> *const c_char {
    unsafe { &*ctx.cast::<Host<T>>() }.address.as_ptr()
}

unsafe extern "C" fn presence<T: Transport>(
    ctx: *mut c_void, ret_agents: *mut i32, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe {
        guarded(ctx, err, "a transport's presence", |host: &mut Host<T>| {
            *ret_agents = host.transport.presence()?.raw();
            Ok(())
        })
    }
}

unsafe extern "C" fn hold<T: Transport>(
    ctx: *mut c_void, tag: u64, err: *mut sys::pwwb_error,
) -> sys::pwwb_status {
    unsafe { guarded(ctx, err, "a transport's hold", |host: &mut Host<T>| host.transport.hold(tag)) }
}

struct RelayOwner(*mut sys::pwwb_relay);

unsafe impl Send for RelayOwner {} // locked inside: docs/threads.md
unsafe impl Sync for RelayOwner {}

impl Drop for RelayOwner {
    fn drop(&mut self) {
        unsafe { sys::pwwb_relay_free(self.0) }
    }
}

/// A relay in this process. It lives as long as it, a clone or a transport of it.
#[derive(Clone)]
pub struct Relay(Arc<RelayOwner>);

impl Relay {
    /// Make one that holds so many messages in all.
    pub fn new(capacity: usize) -> Result<Self> {
        let mut relay = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_relay_new(capacity, ptr::null(), ptr::null_mut(), &mut relay, err) })?;
        Ok(Relay(Arc::new(RelayOwner(relay))))
    }

    /// Connect to it.
    pub fn connect(&self, end: RelayEnd) -> Result<TransportHandle<'static>> {
        let mut raw = ptr::null_mut();
        call(|err| unsafe { sys::pwwb_transport_new_relay(self.0 .0, end.raw(), &mut raw, err) })?;
        Ok(TransportHandle { raw, _relay: Some(self.0.clone()), _host: PhantomData })
    }
}
