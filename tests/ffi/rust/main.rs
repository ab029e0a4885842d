// SPDX-License-Identifier: Apache-2.0
//! rows: 1 5
//! The Rust binding, by the cases of tests/ffi/README.md: test TESTS LAYOUT.json
#![deny(unsafe_op_in_unsafe_fn)]
mod hosts;
mod json;
mod layout;
mod lives;
#[allow(dead_code)]
#[path = "../../../examples/ffi/rust/memory.rs"]
mod memory;
mod stories;
mod tap;
mod traces;
mod vectors;

use json::Json;
use pwwb::{
    Account, AccountKind, Answer, Basis, Code, Finding, NameKind, Policy, PolicyRules, PolicySource, Result,
    SetKind, Verdict,
};
use std::process::ExitCode;
use tap::{Checks, Tap};
use vectors::Vectors;

/// The names that complexity.json gives to findings.
fn violation(finding: &Finding) -> String {
    let name = match finding.code {
        Code::POLICY_TOO_SHORT => "too_short",
        Code::POLICY_TOO_LONG => "too_long",
        Code::POLICY_COMPLEXITY => "not_complex",
        Code::POLICY_CONTAINS_NAME if finding.actual == NameKind::ACCOUNT.raw().into() => {
            "contains_account_name"
        }
        Code::POLICY_CONTAINS_NAME => "contains_display_name_token",
        _ => "something else",
    };
    name.to_string()
}

fn judge(case: &Json) -> Result<(Verdict, Vec<Finding>)> {
    let rules = PolicyRules {
        source: PolicySource::DOMAIN,
        min_length: Some(case.of("policy").of("minPwdLength").int() as u32),
        complexity: Answer::from_raw(case.of("policy").of("complexity").int() as i32),
        history_length: Some(0),
        lockout_threshold: Some(0),
        max_length: Some(0),
        min_age_ms: Some(0),
        max_age_ms: Some(0),
        ..PolicyRules::default()
    };
    let account = Account {
        user_account_control: case.of("userAccountControl").int() as u32,
        kind: AccountKind::PERSON,
        password_last_set_ms: Some(1000000),
        now_ms: Some(5000000),
        account_name: case.of("sAMAccountName").text().to_string(),
        display_name: case.of("displayName").text().to_string(),
        ..Account::default()
    };
    Policy::new(&rules)?.check(Some(&account), SetKind::RESET, case.of("password").text().as_bytes())
}

fn policy(t: &mut Checks, cases: &Json) {
    for case in cases.of("cases").list() {
        let id = case.of("id").text();
        let (verdict, findings) = judge(case).expect("a verdict");
        let expected = match case.of("precheck").of("windows").text() {
            "pass" => Verdict::PASS,
            "fail" => Verdict::FAIL,
            _ => Verdict::UNKNOWN,
        };
        let texts = ["password", "sAMAccountName", "displayName"].map(|field| case.of(field).text());
        if !texts.iter().all(|text| text.bytes().all(|c| (b' '..=b'~').contains(&c))) {
            t.check(id, verdict == expected || verdict == Verdict::UNKNOWN);
            continue;
        }
        t.same(id, expected, verdict);
        if expected == Verdict::FAIL {
            let mut stated: Vec<String> =
                findings.iter().filter(|f| f.basis == Basis::STATED).map(violation).collect();
            let listed = case.of("windows").of("violations").list();
            let mut listed: Vec<String> = listed.iter().map(|v| v.text().to_string()).collect();
            stated.sort();
            stated.dedup();
            listed.sort();
            t.same(id, listed, stated);
        }
    }
}

/// One value changed: whether the runner finds it.
fn found(t: &mut Checks, path: &str, changed: impl Fn(&mut Checks)) {
    let mut inner = Checks::default();
    changed(&mut inner);
    t.check(&format!("{} is found", path), !inner.wrong.is_empty());
}

fn other(value: &mut Json) {
    *value = match value {
        Json::Int(number) => Json::Int(*number ^ 1),
        Json::Text(text) if text.starts_with("PWWB_") => Json::Text("PWWB_E_STATE".to_string()),
        Json::Text(text) if text.is_empty() => Json::Text("x".to_string()),
        Json::Text(text) => {
            let first = if text.starts_with('0') { '1' } else { '0' };
            Json::Text(std::iter::once(first).chain(text.chars().skip(1)).collect())
        }
        _ => panic!("not to be changed"),
    }
}

fn controls(t: &mut Checks, vectors: &Vectors, cases: &Json, layout: &Json) {
    for path in [
        "requests/0/password",
        "requests/1/claims/exp",
        "requests/2/old_password",
        "requests/3/claims/must_change",
        "requests/4/claims/reply_to",
        "requests/0/claims/actor/1",
        "replies/1/findings/2/3",
        "replies/0/code",
        "replies/0/controller",
        "heartbeats/0/counters/7",
        "heartbeats/1/rules/5",
        "heartbeats/0/agent/2",
    ] {
        let mut bad = vectors.clone();
        other(bad.messages.at(path));
        found(t, path, |inner| bad.what_opens(inner, path.split('/').next().expect("a part")));
    }
    for path in ["keyrings/0/keyring/epochs/0/state", "keyrings/1/keyring/half"] {
        let mut bad = vectors.clone();
        other(bad.keyrings.at(path));
        found(t, path, |inner| bad.what_opens(inner, "keyrings"));
    }
    for path in ["orders/2/kind", "controls/0/code"] {
        let mut bad = vectors.clone();
        other(bad.exchange.at(path));
        found(t, path, |inner| bad.what_opens(inner, "exchanges"));
    }
    let given = vectors.given_to_all();
    for place in 0..vectors.answers.of("rows").list().len() {
        let mut bad = vectors.clone();
        let path = format!("rows/{}/status", place);
        other(bad.answers.at(&path));
        found(t, &path, |inner| bad.all_that_is_refused(inner, &given));
    }
    let mut bad = cases.clone();
    *bad.at("cases/0/precheck/windows") = Json::Text("pass".to_string());
    found(t, "a verdict", |inner| policy(inner, &bad));
    for path in ["structs/pwwb_claims/fields/iat/0", "structs/pwwb_set/size", "constants/PWWB_E_TIMEOUT"] {
        let mut bad = layout.clone();
        other(bad.at(path));
        found(t, path, |inner| layout::compare(inner, &bad));
    }
    let mut bad = layout.clone();
    let prototype = bad.at("functions/pwwb_agent_step");
    *prototype = Json::Text(prototype.text().replace("int64_t", "int32_t"));
    found(t, "a prototype", |inner| layout::compare(inner, &bad));
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let (tests, layout) = (&arguments[1], Json::read(&arguments[2]));
    let vectors = Vectors::read(tests);
    let cases = Json::read(&format!("{}/cases/complexity.json", tests));
    let mut tap = Tap::default();

    std::panic::set_hook(Box::new(|info| println!("# {}", info.to_string().replace('\n', " "))));
    tap.run("layout: every struct and constant that is declared is the header's", |t| {
        layout::compare(t, &layout);
    });
    tap.run("vectors: every message that opens, opens to what the file says", |t| vectors.all_that_opens(t));
    tap.run("vectors: every message that must be refused, is", |t| {
        vectors.all_that_is_refused(t, &vectors.given_to_all());
    });
    tap.run("policy: every case of complexity.json", |t| policy(t, &cases));
    tap.run("writeback: set, refused with every finding, unknown, not found", stories::writeback);
    tap.run("callback: what it throws is an error of the caller's, told as such", stories::callbacks);
    tap.run("lifetime: freed twice, freed early, collected while in use", lives::lifetimes);
    tap.run("threads: four at once", stories::threads);
    tap.run("secrets: wiped when closed", traces::secrets);
    tap.run("control: one wrong expected value is found", |t| controls(t, &vectors, &cases, &layout));
    if tap.done() {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
