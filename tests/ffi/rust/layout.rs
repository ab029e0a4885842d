// SPDX-License-Identifier: Apache-2.0
//! What the binding declares by hand, compared with what a C compiler says of the headers.
use crate::json::Json;
use crate::tap::Checks;
use sys::{layouts, Layout};
use values::VALUES;

#[allow(dead_code, unused_imports)]
#[path = "../../../examples/ffi/rust/src/sys.rs"]
mod sys;
#[allow(dead_code)]
#[path = "../../../examples/ffi/rust/src/values.rs"]
mod values;

const FUNCTIONS: &str = include_str!("../../../examples/ffi/rust/src/functions.rs");

/// All of it; `layout` is what tests/abi/layout.py printed.
pub fn compare(t: &mut Checks, layout: &Json) {
    for ours in &layouts() {
        match layout.of("structs").find(ours.name) {
            Some(theirs) => compare_struct(t, ours, theirs),
            None => t.check(&format!("{} is in no header", ours.name), false),
        }
    }
    let constants = [
        ("PWWB_ADDRESS_SIZE", sys::ADDRESS_SIZE),
        ("PWWB_ANCHOR_TEXT_SIZE", sys::ANCHOR_TEXT_SIZE),
        ("PWWB_DIRECTORY_NAME_SIZE", sys::DIRECTORY_NAME_SIZE),
        ("PWWB_ENVELOPE_MAX", sys::ENVELOPE_MAX),
        ("PWWB_FINGERPRINT_SIZE", sys::FINGERPRINT_SIZE),
        ("PWWB_KEYRING_MAX", sys::KEYRING_MAX),
        ("PWWB_POLICY_TEXT_SIZE", sys::POLICY_TEXT_SIZE),
        ("PWWB_TICKET_SIZE", sys::TICKET_SIZE),
    ];
    let constants = constants.iter().map(|(name, value)| (*name, *value as i64));
    for (name, value) in constants.chain(VALUES.iter().map(|(name, value)| (*name, (*value).into()))) {
        t.same(name, layout.of("constants").find(name).map(Json::int), Some(value));
    }
    for declared in FUNCTIONS.split("pub fn ").skip(1) {
        compare_function(t, &declared[..declared.find(';').expect("an end")], layout.of("functions"));
    }
}

fn compare_struct(t: &mut Checks, ours: &Layout, theirs: &Json) {
    let numbers = |field: &Json| (field.list()[0].int(), field.list()[1].int());
    t.same(
        ours.name,
        (theirs.of("size").int(), theirs.of("align").int()),
        (ours.size as i64, ours.align as i64),
    );
    t.same(ours.name, theirs.of("fields").members().len(), ours.fields.len());
    for (name, offset, size) in &ours.fields {
        let theirs = theirs.of("fields").find(name).map(numbers);
        t.same(&format!("{}.{}", ours.name, name), theirs, Some((*offset as i64, *size as i64)));
    }
}

/// A function as it is declared here, and the header's prototype in the words of Rust.
fn compare_function(t: &mut Checks, declared: &str, prototypes: &Json) {
    let (name, rest) = declared.split_once('(').expect("arguments");
    let (arguments, result) = rest.rsplit_once(')').expect("an end of the arguments");
    let arguments: Vec<String> = arguments
        .split(',')
        .filter(|a| !a.trim().is_empty())
        .map(|a| a.split_once(':').expect("a type").1.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let result = result.trim().trim_start_matches("->").trim();
    match prototypes.find(name) {
        Some(prototype) => t.same(name, in_rust(prototype.text()), (result.to_string(), arguments)),
        None => t.check(&format!("{} is in no header", name), false),
    }
}

/// `pwwb_status pwwb_x(const pwwb_y *y, uint8_t id[16]);`: the result, and the arguments' types.
fn in_rust(prototype: &str) -> (String, Vec<String>) {
    let prototype = prototype.trim_end_matches(';');
    let (head, rest) = prototype.split_once('(').expect("arguments");
    let arguments = rest.trim_end_matches(')').split(',').map(str::trim).filter(|a| *a != "void");
    (type_of(head), arguments.map(type_of).collect())
}

/// Of `const uint8_t *name`, `uint8_t name[16]` or `int32_t name`: the type.
fn type_of(declared: &str) -> String {
    let pointers = declared.matches('*').count() + declared.matches('[').count();
    let declared = declared.split('[').next().expect("a name").replace('*', " ");
    let words: Vec<&str> = declared.split_whitespace().filter(|w| *w != "extern").collect();
    let is_const = words[0] == "const";
    let base = match words[usize::from(is_const)] {
        "int32_t" => "i32",
        "int64_t" => "i64",
        "uint8_t" => "u8",
        "uint64_t" => "u64",
        "size_t" => "usize",
        "char" => "c_char",
        "void" if pointers == 0 => "",
        "void" => "c_void",
        other => other,
    };
    let innermost = if pointers == 0 {
        ""
    } else if is_const {
        "*const "
    } else {
        "*mut "
    };
    "*mut ".repeat(pointers.saturating_sub(1)) + innermost + base
}
