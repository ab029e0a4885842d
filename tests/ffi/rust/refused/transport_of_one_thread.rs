// SPDX-License-Identifier: Apache-2.0
// refused: E0277
//! A transport that may not leave its thread, in a handle that may.
#![crate_type = "lib"]
use pwwb::{Delivery, Message, Result, Settle, Status, Transport};
use std::rc::Rc;
use std::time::Duration;

pub struct Counting(pub Rc<u32>);

impl Transport for Counting {
    fn send(&mut self, _: &Message<'_>, _: Option<Duration>) -> Result<()> {
        Ok(())
    }

    fn receive(&mut self, _: &mut [u8], _: Option<Duration>) -> Result<Delivery> {
        Err(Status::E_TIMEOUT.into())
    }

    fn settle(&mut self, _: u64, _: Settle, _: Option<Duration>) -> Result<()> {
        Ok(())
    }
}
