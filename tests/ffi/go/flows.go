// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

var anna, berta = pwwb.ID{0xa1}, pwwb.ID{0xb2}

func people() *memory.Directory {
	d := memory.NewDirectory()
	d.Rules = pwwb.Rules{Source: pwwb.PolicyHost, MinLength: 8, Complexity: pwwb.Yes}
	d.Add(anna, "anna", "A. Schmidt")
	d.Add(berta, "berta", "B. Schmidt")
	return d
}

func writeback() problems {
	var wrong problems
	w, d := newWorld(), people()
	defer w.close()
	stop := w.start(d)
	a := w.asker("portal-1")
	defer a.close()
	settled()

	result, err := a.reset(anna, []byte("Correct-Horse-7"))
	wrong.ok("a reset", err)
	wrong.want("a reset", "set OK memory", fmt.Sprint(result.Outcome, " ", result.Code, " ", result.Controller))
	wrong.want("the password", true, d.IsPassword(anna, []byte("Correct-Horse-7")))

	result, err = a.reset(anna, []byte("anna1"))
	wrong.ok("one that breaks the rules", err)
	wrong.want("one that breaks the rules", "not set POLICY_TOO_SHORT", fmt.Sprint(result.Outcome, " ", result.Code))
	wrong.want("findings", "[{POLICY_TOO_SHORT 1 8 5} {POLICY_CONTAINS_NAME 1 0 1} {POLICY_COMPLEXITY 1 3 2}]",
		fmt.Sprint(result.Findings))
	wrong.want("the password stays", true, d.IsPassword(anna, []byte("Correct-Horse-7")))

	result, err = a.reset(pwwb.ID{0xff}, []byte("Correct-Horse-8"))
	wrong.ok("nobody's", err)
	wrong.want("nobody's", "not set NOT_FOUND", fmt.Sprint(result.Outcome, " ", result.Code))

	d.Break(true, "")
	result, err = a.reset(berta, []byte("Battery-Staple-9"))
	wrong.ok("a lost answer", err)
	wrong.want("a lost answer", "unknown OUTCOME_UNKNOWN", fmt.Sprint(result.Outcome, " ", result.Code))
	wrong.want("it was set all the same", true, d.IsPassword(berta, []byte("Battery-Staple-9")))
	wrong.want("writes", "1 1", fmt.Sprint(d.Sets(anna), d.Sets(berta)))
	changes(&wrong, a, d)
	wrong.ok("the agent's end", stop())
	cancelled(&wrong, a)
	halves(&wrong)
	return wrong
}

// changes: the old password is proven, or not.
func changes(wrong *problems, a *asker, d *memory.Directory) {
	for _, c := range []struct{ old, code string }{
		{"Not-Her-Password-1", "OLD_PASSWORD_WRONG"}, {"Correct-Horse-7", "OK"},
	} {
		old, password := must(pwwb.NewSecret([]byte(c.old))), must(pwwb.NewSecret([]byte("Changed-It-5")))
		result, err := a.portal.Call(context.Background(), a.link, claimsFor(anna, pwwb.OperationChange),
			pwwb.Passwords{New: password, Old: old})
		wrong.ok("a change", err)
		wrong.want("a change", c.code, result.Code)
		old.Close()
		password.Close()
	}
	wrong.want("the changed password", true, d.IsPassword(anna, []byte("Changed-It-5")))
}

// cancelled: nobody answers any more, and the caller gives up. What was sent may still be done.
func cancelled(wrong *problems, a *asker) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	secret := must(pwwb.NewSecret([]byte("Correct-Horse-7")))
	defer secret.Close()
	begun := time.Now()
	result, err := a.portal.Call(ctx, a.link, claimsFor(anna, pwwb.OperationResetSelf), pwwb.Passwords{New: secret})
	wrong.ok("given up", err)
	wrong.want("given up", pwwb.OutcomeUnknown, result.Outcome)
	wrong.want("at once, not after a request's life", true, time.Since(begun) < 60*time.Second)
}

// halves: begin, sent, step, finish; nobody waits for anybody.
func halves(wrong *problems) {
	w, d := newWorld(), people()
	defer w.close()
	a := w.asker("portal-1")
	defer a.close()
	agent := w.agent(w.mail.Box(""), d)
	defer agent.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()

	claims, sealed := a.begin(wrong)
	verdict(wrong, "a full relay", "not set BUSY true", a, claims, pwwb.ErrFull)

	claims, sealed = a.begin(wrong)
	verdict(wrong, "sent", "unknown OUTCOME_UNKNOWN false", a, claims, nil)
	verdict(wrong, "lost", "unknown OUTCOME_UNKNOWN false", a, claims, &pwwb.Error{Status: pwwb.ErrClosed})
	verdict(wrong, "too slow", "unknown OUTCOME_UNKNOWN false", a, claims, context.DeadlineExceeded)
	wrong.ok("carried there", w.mail.Box("").Send(ctx, pwwb.Message{Data: sealed, ID: claims.Request}))
	wrong.ok("a step", agent.Step(ctx))
	reply, err := w.mail.Box("portal-1").Receive(ctx)
	wrong.ok("carried back", err)
	result, err := a.portal.Finish(claims, reply.Data)
	wrong.ok("the answer", err)
	wrong.want("the answer", "set OK", fmt.Sprint(result.Outcome, " ", result.Code))
	wrong.want("the password", true, d.IsPassword(anna, []byte("Correct-Horse-7")))
	result, err = a.portal.Finish(claims, nil)
	wrong.ok("no answer", err)
	wrong.want("no answer", "unknown OUTCOME_UNKNOWN", fmt.Sprint(result.Outcome, " ", result.Code))
}

func (a *asker) begin(wrong *problems) (*pwwb.Claims, []byte) {
	secret := must(pwwb.NewSecret([]byte("Correct-Horse-7")))
	defer secret.Close()
	claims := claimsFor(anna, pwwb.OperationResetSelf)
	claims.ReplyTo = "portal-1"
	sealed, code, _, err := a.portal.Begin(claims, pwwb.Passwords{New: secret})
	wrong.ok("begun", err)
	wrong.want("begun", "OK true", fmt.Sprint(code, " ", len(sealed) > 300))
	return claims, sealed
}

func verdict(wrong *problems, what, want string, a *asker, claims *pwwb.Claims, said error) {
	result, isOver, err := a.portal.Sent(claims, said)
	wrong.ok(what, err)
	wrong.want(what, want, fmt.Sprint(result.Outcome, " ", result.Code, " ", isOver))
}

// A faulty host fails as it is told to.
type faulty struct {
	memory.Safe
	fail func() error
}

func (f *faulty) Load() ([]byte, uint64, error)                        { return nil, 0, f.fail() }
func (f *faulty) Send(context.Context, pwwb.Message) error             { return f.fail() }
func (f *faulty) Settle(context.Context, uint64, pwwb.Settle) error    { return f.fail() }
func (f *faulty) Receive(context.Context) (d pwwb.Delivery, err error) { return d, f.fail() }

type quoting struct{ password string }

func (q quoting) Error() string { return q.password }

func callbacks() problems {
	var wrong problems
	w := newWorld()
	defer w.close()
	f := &faulty{}
	agent := w.agent(f, people())
	defer agent.Close()
	lock := lockKey()
	defer lock.Close()
	store := must(pwwb.NewKeyStore(f, pwwb.LockKey, lock))
	defer store.Close()
	for _, c := range []struct {
		fail    func() error
		status  pwwb.Status
		message string
	}{
		{func() error { panic("Pass-1") }, pwwb.ErrCallback, "a Go callback panicked: string"},
		{func() error { panic(nil) }, pwwb.ErrCallback, "a Go callback panicked: <nil>"},
		{func() error { var m map[int]int; m[1] = 1; return nil }, pwwb.ErrCallback,
			"a Go callback panicked: runtime.plainError"},
		{func() error { return quoting{"Pass-1"} }, pwwb.ErrCallback, "a Go callback failed: main.quoting"},
		{func() error { return &pwwb.Error{Status: pwwb.ErrAuth, Message: "no such row"} }, pwwb.ErrAuth, "no such row"},
		{func() error { return fmt.Errorf("wrapped: %w", pwwb.ErrNoSpace) }, pwwb.ErrNoSpace, ""},
	} {
		f.fail = c.fail
		_, err := store.Load()
		told(&wrong, "load", err, c.status, c.message)
		told(&wrong, "step", agent.Step(context.Background()), c.status, c.message)
	}
	inDirectory(&wrong)
	return wrong
}

func told(wrong *problems, what string, err error, status pwwb.Status, message string) {
	var got *pwwb.Error
	if !errors.Is(err, status) || !errors.As(err, &got) {
		wrong.add("%s: wanted %v, got %v", what, status, err)
		return
	}
	if message != "" {
		wrong.want(what+": the sentence", message, got.Message)
	}
}

// inDirectory: before the write nothing is set; during it nobody knows.
func inDirectory(wrong *problems) {
	w, d := newWorld(), people()
	defer w.close()
	stop := w.start(d)
	a := w.asker("portal-1")
	defer a.close()
	settled()
	for method, want := range map[string]string{"read": "not set INTERNAL", "set": "unknown OUTCOME_UNKNOWN"} {
		d.Break(false, method)
		result, err := a.reset(anna, []byte("Correct-Horse-7"))
		wrong.ok(method, err)
		wrong.want("a panic in "+method, want, fmt.Sprint(result.Outcome, " ", result.Code))
	}
	d.Break(false, "")
	result, err := a.reset(berta, []byte("Correct-Horse-7"))
	wrong.ok("mended", err)
	wrong.want("mended", pwwb.CodeOK, result.Code)
	wrong.ok("the agent's end", stop())
}

func threads() problems {
	const workers, each = 4, 5
	var wrong problems
	var mu sync.Mutex
	var group sync.WaitGroup
	w, d := newWorld(), people()
	defer w.close()
	settled()
	for i := 0; i < workers; i++ {
		d.Add(pwwb.ID{byte(i + 1)}, fmt.Sprint("person", i), "")
		stop := w.start(d)
		defer func() { wrong.ok("an agent's end", stop()) }()
	}
	for i := 0; i < workers; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			a := w.asker(fmt.Sprint("portal-", i))
			defer a.close()
			for n := 0; n < each; n++ {
				result, err := a.reset(pwwb.ID{byte(i + 1)}, []byte(fmt.Sprint("Correct-Horse-", n)))
				mu.Lock()
				wrong.ok("a reset", err)
				wrong.want("a reset", pwwb.CodeOK, result.Code)
				mu.Unlock()
			}
		}(i)
	}
	group.Wait()
	for i := 0; i < workers; i++ {
		wrong.want("writes", each, d.Sets(pwwb.ID{byte(i + 1)}))
	}
	return wrong
}
