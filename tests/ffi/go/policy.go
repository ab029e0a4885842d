// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sort"
	"strings"

	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

type complexityCase struct {
	ID          string
	Password    string
	AccountName string `json:"sAMAccountName"`
	DisplayName string
	Control     uint32 `json:"userAccountControl"`
	Policy      struct {
		MinPwdLength int32
		Complexity   bool
	}
	Windows  struct{ Violations []string }
	Precheck struct{ Windows string }
}

var verdicts = map[pwwb.Verdict]string{
	pwwb.VerdictPass: "pass", pwwb.VerdictFail: "fail", pwwb.VerdictUnknown: "unknown",
}

func isPrintable(texts ...string) bool {
	for _, c := range strings.Join(texts, "") {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// violation is a finding's name in the file.
func violation(f pwwb.Finding) string {
	switch {
	case f.Code == pwwb.CodePolicyTooShort:
		return "too_short"
	case f.Code == pwwb.CodePolicyTooLong:
		return "too_long"
	case f.Code == pwwb.CodePolicyComplexity:
		return "not_complex"
	case f.Code == pwwb.CodePolicyContainsName && f.Actual == pwwb.NameAccount:
		return "contains_account_name"
	case f.Code == pwwb.CodePolicyContainsName:
		return "contains_display_name_token"
	}
	return f.Code.String()
}

func policy(v *vectors) problems {
	var wrong problems
	for i := range v.complexity.Cases {
		judge(&wrong, &v.complexity.Cases[i])
	}
	wrong.want("cases", true, len(v.complexity.Cases) >= 100)
	return wrong
}

func judge(wrong *problems, c *complexityCase) {
	rules := pwwb.Rules{Source: pwwb.PolicyDomain, MinLength: c.Policy.MinPwdLength}
	if c.Policy.Complexity {
		rules.Complexity = pwwb.Yes
	}
	account := pwwb.Account{
		Kind: pwwb.AccountPerson, Control: pwwb.AccountControl(c.Control), AccountName: c.AccountName,
		DisplayName: c.DisplayName, PasswordLastSetMS: 1000000, NowMS: 5000000,
	}
	p, err := pwwb.NewPolicy(rules)
	if !wrong.ok(c.ID, err) {
		return
	}
	defer p.Close()
	verdict, findings, err := p.Check(&account, pwwb.SetReset, []byte(c.Password))
	if !wrong.ok(c.ID, err) {
		return
	}
	exact := isPrintable(c.Password, c.AccountName, c.DisplayName)
	if exact || verdict != pwwb.VerdictUnknown {
		wrong.want(c.ID, c.Precheck.Windows, verdicts[verdict])
	}
	if exact && c.Precheck.Windows == "fail" {
		wrong.want(c.ID+": findings", sorted(c.Windows.Violations), sorted(stated(findings)))
	}
}

func stated(findings []pwwb.Finding) (names []string) {
	for _, f := range findings {
		if f.Basis == pwwb.BasisStated {
			names = append(names, violation(f))
		}
	}
	return names
}

func sorted(names []string) []string {
	sort.Strings(names)
	return names
}
