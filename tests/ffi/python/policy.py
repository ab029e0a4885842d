# SPDX-License-Identifier: Apache-2.0
"""tests/cases/complexity.json, as tests/test_policy.c reads it."""
import json

import pwwb
from pwwb import Basis, Code, NameKind, Secret, Verdict

NAMES = {Code.POLICY_TOO_SHORT: "too_short", Code.POLICY_TOO_LONG: "too_long", Code.POLICY_COMPLEXITY: "not_complex"}
VERDICTS = {"pass": Verdict.PASS, "fail": Verdict.FAIL, "unknown": Verdict.UNKNOWN}


def cases(root):
    with open(f"{root}/tests/cases/complexity.json", encoding="utf-8") as file:
        return json.load(file)["cases"]


def name_of(finding):
    if finding.code == Code.POLICY_CONTAINS_NAME:
        is_account = finding.actual == NameKind.ACCOUNT
        return "contains_account_name" if is_account else "contains_display_name_token"
    return NAMES.get(finding.code, finding.code.name)


def judged(case):
    rules = pwwb.Rules(pwwb.PolicySource.DOMAIN, case["policy"]["minPwdLength"],
                       pwwb.Answer(int(case["policy"]["complexity"])), *([0] * 7))
    account = pwwb.Account(case["sAMAccountName"], case["displayName"], pwwb.AccountKind.PERSON,
                           pwwb.Uac(case["userAccountControl"]), *([pwwb.Answer.NO] * 3), *([0] * 8))
    account.password_last_set_ms, account.now_ms = 1000000, 5000000
    with pwwb.Policy(rules) as policy, Secret(bytearray(case["password"].encode())) as password:
        return policy.check(password, account)


def wrong(all_cases):
    for case in all_cases:
        expected, got = VERDICTS[case["precheck"]["windows"]], judged(case)
        stated = {name_of(f) for f in got.findings if f.basis == Basis.STATED}
        is_ascii = all(" " <= c <= "~" for c in case["password"] + case["sAMAccountName"] + case["displayName"])
        if got.verdict not in ({expected} if is_ascii else {expected, Verdict.UNKNOWN}):
            yield f"{case['id']}: {got.verdict.name}"
        elif expected == Verdict.FAIL and (stated != set(case["windows"]["violations"]) if is_ascii
                                           else stated - set(case["windows"]["violations"])):
            yield f"{case['id']}: {stated}"
