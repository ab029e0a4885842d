// SPDX-License-Identifier: Apache-2.0
//! Password writeback by libpwwb, over its C interface and nothing else.
//!
//! A portal ([`Portal`]) seals requests, an agent ([`Agent`]) opens them and writes to a directory. Both
//! sides are given what they work with and own it, so that it lives as long as they do. What is the
//! host's own implements [`Transport`], [`Directory`] or [`KeyStore`]; a panic there becomes `E_CALLBACK`.
//!
//! Handles may be sent to another thread, and but for [`Keyring`], [`Policy`], [`Relay`], [`Journal`] and
//! [`Stopper`] belong to one thread at a time: the library's docs/threads.md. Nothing public is unsafe.
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(missing_docs)]

mod agent;
mod anchor;
mod callback;
mod clock;
mod directory;
mod envelope;
mod error;
mod exchange;
mod keyring;
mod keystore;
mod policy;
mod portal;
mod secret;
#[allow(missing_docs, dead_code)]
mod sys;
mod text;
mod transport;
#[allow(missing_docs)]
mod values;

pub use agent::{Agent, AgentKeys, AgentOptions, Journal, Stopper};
pub use anchor::{guid_parse, guid_print, Anchor, Id};
pub use clock::Clock;
pub use directory::{Directory, DirectoryHandle, Found, Set, SetResult};
pub use envelope::{Claims, Heartbeat, Reply, Request};
pub use error::{Error, Result};
pub use exchange::{Event, Exchange, ExchangeOptions};
pub use keyring::{Epoch, Keyring, KeyringInfo, Lock};
pub use keystore::{KeyStore, KeyStoreHandle};
pub use policy::{Account, Finding, Policy, PolicyRules};
pub use portal::{serve, Begun, Portal, PortalKeys};
pub use secret::Secret;
pub use transport::{Delivery, Message, Relay, Transport, TransportHandle};
pub use values::*;

/// The version of the library that is loaded: major * 10000 + minor * 100 + patch.
pub fn version_number() -> i32 {
    unsafe { sys::pwwb_version_number() }
}

/// Whether this build, on this machine, has a feature.
pub fn has_feature(feature: Feature) -> bool {
    unsafe { sys::pwwb_has_feature(feature.raw()) == 1 }
}
