// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// Rules are the password rules in force for a user. Times are milliseconds; -1 is "not known" in every
// number, and the zero value says that nothing is forbidden.
type Rules struct {
	Source            PolicySource
	MinLength         int32 // UTF-16 units; OpenLDAP: octets
	Complexity        Answer
	HistoryLength     int32
	LockoutThreshold  int32
	MaxLength         int32
	MinAgeMS          int64
	MaxAgeMS          int64
	LockoutDurationMS int64
	LockoutWindowMS   int64
	SourceDN          string
}

// An Account is what a directory knows of one account. Times are milliseconds since 1970 by the
// controller's clock; -1 is "not known".
type Account struct {
	Control           AccountControl
	Kind              AccountKind
	IsProtected       Answer // an administrator's; Maybe is not reset
	IsLocked          Answer
	MayChange         Answer
	BadPasswordCount  int32
	BadPasswordTimeMS int64
	PasswordLastSetMS int64
	LockedSinceMS     int64
	LockedUntilMS     int64
	AccountExpiresMS  int64
	PasswordExpiresMS int64
	NowMS             int64
	PasswordWrittenMS int64
	AccountName       string
	DisplayName       string
	Controller        string
	DN                string
}

func (r *Rules) put(c *C.pwwb_policy_rules) error {
	c.source = C.int32_t(r.Source)
	c.min_length = C.int32_t(r.MinLength)
	c.complexity = C.int32_t(r.Complexity)
	c.history_length = C.int32_t(r.HistoryLength)
	c.lockout_threshold = C.int32_t(r.LockoutThreshold)
	c.max_length = C.int32_t(r.MaxLength)
	c.min_age_ms = C.int64_t(r.MinAgeMS)
	c.max_age_ms = C.int64_t(r.MaxAgeMS)
	c.lockout_duration_ms = C.int64_t(r.LockoutDurationMS)
	c.lockout_window_ms = C.int64_t(r.LockoutWindowMS)
	return putText(c.source_dn[:], r.SourceDN)
}

func rulesOf(c *C.pwwb_policy_rules) Rules {
	return Rules{
		Source: PolicySource(c.source), MinLength: int32(c.min_length), Complexity: Answer(c.complexity),
		HistoryLength: int32(c.history_length), LockoutThreshold: int32(c.lockout_threshold),
		MaxLength: int32(c.max_length), MinAgeMS: int64(c.min_age_ms), MaxAgeMS: int64(c.max_age_ms),
		LockoutDurationMS: int64(c.lockout_duration_ms), LockoutWindowMS: int64(c.lockout_window_ms),
		SourceDN: textOf(c.source_dn[:]),
	}
}

func (a *Account) put(c *C.pwwb_account) error {
	c.user_account_control = C.uint32_t(a.Control)
	c.kind = C.int32_t(a.Kind)
	c.is_protected = C.int32_t(a.IsProtected)
	c.is_locked = C.int32_t(a.IsLocked)
	c.may_change = C.int32_t(a.MayChange)
	c.bad_password_count = C.int32_t(a.BadPasswordCount)
	c.bad_password_time_ms = C.int64_t(a.BadPasswordTimeMS)
	c.password_last_set_ms = C.int64_t(a.PasswordLastSetMS)
	c.locked_since_ms = C.int64_t(a.LockedSinceMS)
	c.locked_until_ms = C.int64_t(a.LockedUntilMS)
	c.account_expires_ms = C.int64_t(a.AccountExpiresMS)
	c.password_expires_ms = C.int64_t(a.PasswordExpiresMS)
	c.now_ms = C.int64_t(a.NowMS)
	c.password_written_ms = C.int64_t(a.PasswordWrittenMS)
	for _, t := range []struct {
		field []C.char
		text  string
	}{{c.account_name[:], a.AccountName}, {c.display_name[:], a.DisplayName},
		{c.controller[:], a.Controller}, {c.dn[:], a.DN}} {
		if err := putText(t.field, t.text); err != nil {
			return err
		}
	}
	return nil
}

func accountOf(c *C.pwwb_account) Account {
	return Account{
		Control: AccountControl(c.user_account_control), Kind: AccountKind(c.kind),
		IsProtected: Answer(c.is_protected), IsLocked: Answer(c.is_locked), MayChange: Answer(c.may_change),
		BadPasswordCount: int32(c.bad_password_count), BadPasswordTimeMS: int64(c.bad_password_time_ms),
		PasswordLastSetMS: int64(c.password_last_set_ms), LockedSinceMS: int64(c.locked_since_ms),
		LockedUntilMS: int64(c.locked_until_ms), AccountExpiresMS: int64(c.account_expires_ms),
		PasswordExpiresMS: int64(c.password_expires_ms), NowMS: int64(c.now_ms),
		PasswordWrittenMS: int64(c.password_written_ms), AccountName: textOf(c.account_name[:]),
		DisplayName: textOf(c.display_name[:]), Controller: textOf(c.controller[:]), DN: textOf(c.dn[:]),
	}
}

// A Policy is rules that passwords are judged by; for any number of goroutines.
type Policy struct{ h *handle }

// NewPolicy makes one.
func NewPolicy(rules Rules) (*Policy, error) {
	c := C.pwwb_policy_rules{size: C.sizeof_pwwb_policy_rules}
	if err := rules.put(&c); err != nil {
		return nil, err
	}
	h, err := newHandle(false, func(p unsafe.Pointer) { C.pwwb_policy_free((*C.pwwb_policy)(p)) }, nil,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var p *C.pwwb_policy
			status := C.pwwb_policy_new(&c, &p, e)
			return unsafe.Pointer(p), status
		})
	if err != nil {
		return nil, err
	}
	p := &Policy{h}
	runtime.SetFinalizer(p, (*Policy).Close)
	return p, nil
}

// Check judges a new password before the directory is asked; every rule is tried. A nil account is an
// ordinary user's of which nothing is known. What a Go directory calls it with is borrowed octets.
func (p *Policy) Check(account *Account, kind SetKind, password []byte) (Verdict, []Finding, error) {
	var who *C.pwwb_account
	if account != nil {
		who = &C.pwwb_account{size: C.sizeof_pwwb_account}
		if err := account.put(who); err != nil {
			return VerdictUnknown, nil, err
		}
	}
	if password == nil {
		password = []byte{}
	}
	octets, n := octetsOf(password)
	findings := C.pwwb_findings_new()
	defer C.pwwb_findings_free(findings)
	var verdict C.int32_t
	err := p.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_policy_check((*C.pwwb_policy)(h), who, C.int32_t(kind), octets, n, findings, &verdict, e)
	})
	runtime.KeepAlive(p)
	return Verdict(verdict), findingsOf(findings), err
}

// Close gives the policy back.
func (p *Policy) Close() {
	if p != nil {
		p.h.close()
	}
}

// Describe says rules and an account's state in English lines; nil leaves one out.
func Describe(rules *Rules, account *Account) (string, error) {
	var r *C.pwwb_policy_rules
	var a *C.pwwb_account
	if rules != nil {
		r = &C.pwwb_policy_rules{size: C.sizeof_pwwb_policy_rules}
		if err := rules.put(r); err != nil {
			return "", err
		}
	}
	if account != nil {
		a = &C.pwwb_account{size: C.sizeof_pwwb_account}
		if err := account.put(a); err != nil {
			return "", err
		}
	}
	var text [C.PWWB_POLICY_TEXT_SIZE]C.char
	var n C.size_t
	err := call(func(e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_policy_print(r, a, &text[0], C.size_t(len(text)), &n, e)
	})
	return C.GoStringN(&text[0], C.int(n)), err
}
