// SPDX-License-Identifier: Apache-2.0
//! The immutable ids by which accounts are found.
use crate::error::{call, Error, Result};
use crate::sys;
use crate::text::{array_text, text_of};
use crate::values::AnchorKind;
use std::fmt;
use std::os::raw::c_char;
use std::str::FromStr;

/// A GUID, a tenant's id, a request's id; in the directory's order of octets.
pub type Id = [u8; 16];

/// An anchor; read from base64 of 16 octets, or from `User_<guid>`, and printed so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Anchor {
    /// Which side's id it is.
    pub kind: AnchorKind,
    /// As the directory stores it.
    pub guid: Id,
}

impl Anchor {
    /// Of the on-premises object.
    pub fn source(guid: Id) -> Self {
        Anchor { kind: AnchorKind::SOURCE, guid }
    }

    pub(crate) fn to_raw(self) -> sys::pwwb_anchor {
        sys::pwwb_anchor { kind: self.kind.raw(), guid: self.guid }
    }

    pub(crate) fn from_raw(raw: &sys::pwwb_anchor) -> Self {
        Anchor { kind: AnchorKind::from_raw(raw.kind), guid: raw.guid }
    }
}

impl FromStr for Anchor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut raw = sys::pwwb_anchor::zeroed();
        call(|err| unsafe { sys::pwwb_anchor_parse(text.as_ptr().cast(), text.len(), &mut raw, err) })?;
        Ok(Anchor::from_raw(&raw))
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buf = [0 as c_char; sys::ANCHOR_TEXT_SIZE];
        let mut len = 0;
        let (raw, size) = (self.to_raw(), buf.len());
        call(|err| unsafe { sys::pwwb_anchor_print(&raw, buf.as_mut_ptr(), size, &mut len, err) })
            .map_err(|_| fmt::Error)?;
        f.write_str(&array_text(&buf))
    }
}

/// Read a GUID's dashed text.
pub fn guid_parse(text: &str) -> Result<Id> {
    let mut guid = Id::default();
    call(|err| unsafe { sys::pwwb_guid_parse(text.as_ptr().cast(), text.len(), guid.as_mut_ptr(), err) })?;
    Ok(guid)
}

/// Write a GUID's dashed text.
pub fn guid_print(guid: &Id) -> String {
    let mut buf = [0 as c_char; 37];
    unsafe {
        sys::pwwb_guid_print(guid.as_ptr(), buf.as_mut_ptr());
        text_of(buf.as_ptr())
    }
}
