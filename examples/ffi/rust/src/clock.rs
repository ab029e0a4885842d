// SPDX-License-Identifier: Apache-2.0
//! Time of the host's own, so that expiry and age can be tested.
use crate::callback::catch;
use crate::sys;
use std::os::raw::c_void;
use std::sync::Arc;

/// Where the library reads the time. A panic is read as 0: long ago.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn wall_ms(&self) -> i64;
    /// Milliseconds that never go back.
    fn monotonic_ms(&self) -> i64;
}

/// A clock that a handle keeps as long as it lives, where it does not move.
pub(crate) type Kept<'a> = Box<Arc<dyn Clock + 'a>>;

pub(crate) fn table() -> sys::pwwb_clock_ops {
    sys::pwwb_clock_ops {
        size: std::mem::size_of::<sys::pwwb_clock_ops>(),
        wall_ms: Some(wall_ms),
        monotonic_ms: Some(monotonic_ms),
    }
}

pub(crate) fn ctx(clock: &Kept<'_>) -> *mut c_void {
    let place: *const Arc<dyn Clock + '_> = &**clock;
    place as *mut c_void
}

unsafe extern "C" fn wall_ms(ctx: *mut c_void) -> i64 {
    let clock = unsafe { &*ctx.cast::<Arc<dyn Clock>>() };
    catch(|| clock.wall_ms()).unwrap_or(0)
}

unsafe extern "C" fn monotonic_ms(ctx: *mut c_void) -> i64 {
    let clock = unsafe { &*ctx.cast::<Arc<dyn Clock>>() };
    catch(|| clock.monotonic_ms()).unwrap_or(0)
}
