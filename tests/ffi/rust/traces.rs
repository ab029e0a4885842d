// SPDX-License-Identifier: Apache-2.0
//! Whether a password is left in memory that Rust gives back.
use crate::hosts::{World, ANNA};
use crate::tap::Checks;
use pwwb::{Outcome, Secret};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// In every password of this file; never whole in this program's own data, so that only copies have it.
const MARK: [u8; 8] = *b"Wb0Wb1Wb";

static WATCHED: AtomicBool = AtomicBool::new(false);
static SEEN: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which looks at what is given back.
struct Watching;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) } // so that all of it may be looked at
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHED.load(Ordering::SeqCst) {
            let octets = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            if octets.windows(MARK.len()).any(|w| w == MARK) {
                SEEN.fetch_add(1, Ordering::SeqCst);
            }
        }
        unsafe { System.dealloc(block, layout) }
    }
}

/// How many blocks were given back with a password in them while `f` ran.
fn left_by(f: impl FnOnce()) -> usize {
    SEEN.store(0, Ordering::SeqCst);
    WATCHED.store(true, Ordering::SeqCst);
    f();
    WATCHED.store(false, Ordering::SeqCst);
    SEEN.load(Ordering::SeqCst)
}

fn password(end: &str) -> String {
    let mut text = String::with_capacity(64);
    text.extend(MARK.iter().map(|&c| char::from(c)));
    text.push_str(end);
    text
}

pub fn secrets(t: &mut Checks) {
    t.same("control: a plain text leaves one", 1, left_by(|| drop(password("-Horse-1"))));
    t.same("a secret leaves none", 0, left_by(|| drop(Secret::from(password("-Horse-2")))));
    let mut longer = password("-Horse-3").into_bytes();
    longer.splice(0..0, *b"ab"); // there is room: the octets stay where they are
    longer.truncate(2); // what was there beyond is wiped, too
    t.same("nor beyond its end", 0, left_by(|| drop(Secret::from(longer))));
    let mut early: Secret = password("-Horse-4").into();
    early.wipe();
    t.same("wiped early", 0, early.as_bytes().len());
    t.same("printed", "Secret", format!("{:?}", Secret::from(password("-Horse-5"))).as_str());

    let mut w = World::new();
    for (end, expected) in
        [("-Staple-1", Outcome::SET), ("-Staple-2", Outcome::SET), ("-anna", Outcome::NOT_SET)]
    {
        let mut claims = pwwb::Claims { anchor: pwwb::Anchor::source(ANNA), ..Default::default() };
        let mut outcome = Outcome::UNKNOWN;
        let left = left_by(|| {
            let secret = Secret::from(password(end));
            let reply = w.portal.call(&mut w.way, &mut claims, Some(&secret), None, crate::hosts::LONG);
            outcome = reply.expect("a reply").outcome();
        });
        t.same("a whole request leaves none", 0, left);
        t.same("and it was dealt with", expected, outcome);
    }
    t.same("the end", Ok(()), w.end());
}
