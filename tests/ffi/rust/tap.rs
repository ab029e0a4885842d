// SPDX-License-Identifier: Apache-2.0
//! Tests in TAP. A test is given something to say with what it checked; one that checks nothing has failed.
use std::fmt::Debug;
use std::panic::{catch_unwind, AssertUnwindSafe};

#[derive(Default)]
pub struct Checks {
    pub count: usize,
    pub wrong: Vec<String>,
}

impl Checks {
    pub fn check(&mut self, what: &str, is_so: bool) {
        self.count += 1;
        if !is_so {
            self.wrong.push(what.to_string());
        }
    }

    pub fn same<T: PartialEq + Debug>(&mut self, what: &str, expected: T, actual: T) {
        self.count += 1;
        if expected != actual {
            self.wrong.push(format!("{}: expected {:?}, actual {:?}", what, expected, actual));
        }
    }
}

#[derive(Default)]
pub struct Tap {
    count: usize,
    bad: usize,
}

impl Tap {
    pub fn run(&mut self, name: &str, test: impl FnOnce(&mut Checks)) {
        let mut checks = Checks::default();
        if catch_unwind(AssertUnwindSafe(|| test(&mut checks))).is_err() {
            checks.wrong.push("it panicked".to_string());
        }
        if checks.count == 0 {
            checks.wrong.push("it checked nothing".to_string());
        }
        for wrong in &checks.wrong {
            println!("# {}", wrong.replace('\n', " "));
        }
        println!("# {} checks", checks.count);
        self.count += 1;
        self.bad += usize::from(!checks.wrong.is_empty());
        println!("{} {} - {}", if checks.wrong.is_empty() { "ok" } else { "not ok" }, self.count, name);
    }

    /// Whether all were good.
    pub fn done(self) -> bool {
        println!("1..{}", self.count);
        self.bad == 0
    }
}
