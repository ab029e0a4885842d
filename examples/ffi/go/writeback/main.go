// SPDX-License-Identifier: Apache-2.0

// Command writeback is a portal and an agent in one process, with a transport, a directory and two key
// storages that are written in Go:
//
//	cd examples/ffi/go && go run ./writeback
//
// where libpwwb is installed; with a build tree instead, whose library is in $lib:
//
//	CGO_CFLAGS=-I$top/include CGO_LDFLAGS="-L$lib -Wl,-rpath,$lib" go run -tags pwwb_tree ./writeback
//
// It prints what becomes of some passwords and
// ends with 0 when that is what must become of them.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

var anna = pwwb.ID{0xa1, 0x11}

type world struct {
	directory *memory.Directory
	portal    *pwwb.Portal
	transport *pwwb.TransportHandle
	wrong     int
}

// reset asks for a new password for an account; the octets are wiped.
func (w *world) reset(ctx context.Context, id pwwb.ID, password []byte) (pwwb.Result, error) {
	secret, err := pwwb.NewSecret(password)
	if err != nil {
		return pwwb.Result{}, err
	}
	defer secret.Close()
	claims := pwwb.Claims{
		Operation: pwwb.OperationResetSelf, Origin: pwwb.FromResetPortal, Actor: pwwb.ActorUser,
		UserType: pwwb.UserPassThrough, Anchor: pwwb.Anchor{Kind: pwwb.AnchorSource, GUID: id},
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return w.portal.Call(ctx, w.transport, &claims, pwwb.Passwords{New: secret})
}

// story resets a password and says what came of it; `code` must.
func (w *world) story(title string, id pwwb.ID, password string, code pwwb.Code) pwwb.Result {
	result, err := w.reset(context.Background(), id, []byte(password))
	if err != nil {
		fmt.Printf("%-34s %v\n", title, err)
		w.wrong++
		return result
	}
	fmt.Printf("%-34s %-8s %s\n", title, result.Outcome, result.Code)
	for _, f := range result.Findings {
		fmt.Printf("    %s (%s)\n", f.Code.UserText(), f.Code)
	}
	w.expect(result.Code == code, "must be "+code.String())
	return result
}

func (w *world) expect(is bool, what string) {
	if !is {
		fmt.Println("    WRONG: " + what)
		w.wrong++
	}
}

func (w *world) stories() {
	w.story("a reset", anna, "Correct-Horse-7", pwwb.CodeOK)
	w.expect(w.directory.IsPassword(anna, []byte("Correct-Horse-7")), "the directory has the new password")
	refused := w.story("one that breaks the rules", anna, "anna1", pwwb.CodePolicyTooShort)
	w.expect(len(refused.Findings) == 3, "all three findings")
	w.expect(w.directory.IsPassword(anna, []byte("Correct-Horse-7")), "nothing was set")
	w.story("nobody's account", pwwb.ID{0xff}, "Correct-Horse-8", pwwb.CodeNotFound)

	w.directory.Break(true, "")
	lost := w.story("an answer that is lost", anna, "Battery-Staple-9", pwwb.CodeOutcomeUnknown)
	w.expect(lost.Outcome == pwwb.OutcomeUnknown, "neither set nor not set")
	if lost.Outcome == pwwb.OutcomeUnknown {
		fmt.Println("    it may have been set; it was: ", w.directory.IsPassword(anna, []byte("Battery-Staple-9")))
	}
}

func run() (wrong int, err error) {
	ctx := context.Background()
	w := &world{directory: memory.NewDirectory()}
	w.directory.Add(anna, "anna", "A. Schmidt")
	w.directory.Rules = pwwb.Rules{Source: pwwb.PolicyHost, MinLength: 8, Complexity: pwwb.Yes}
	mail := memory.NewPost()

	portal, err := newSide(pwwb.HalfPortal)
	if err != nil {
		return 0, err
	}
	defer portal.close()
	agent, err := newSide(pwwb.HalfAgent)
	if err != nil {
		return 0, err
	}
	defer agent.close()
	stop := func() error { return nil }
	defer func() {
		if e := stop(); err == nil {
			err = e
		}
	}()
	start := func() (err error) { stop, err = startAgent(ctx, agent, mail, w.directory); return err }
	if err := enable(ctx, pwwb.ID{0x7e}, portal, agent, mail, start); err != nil {
		return 0, err
	}
	fmt.Println("enabled by a ticket, the fingerprint compared")

	if w.portal, err = pwwb.NewPortal(pwwb.PortalOptions{Store: portal.store}); err != nil {
		return 0, err
	}
	defer w.portal.Close()
	if w.transport, err = pwwb.NewTransport(mail.Box("portal-1")); err != nil {
		return 0, err
	}
	defer w.transport.Close()
	// Whether another agent did what was asked for in the second in which its journal was made, an agent
	// cannot know: it would say "unknown" then.
	time.Sleep(time.Second)
	w.stories()
	return w.wrong, nil
}

func main() {
	wrong, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if wrong > 0 {
		fmt.Println(wrong, "NOT as it must be")
		os.Exit(1)
	}
	fmt.Println("all as it must be")
}
