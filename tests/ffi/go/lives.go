// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

func lifetime() problems {
	var wrong problems
	twice(&wrong)
	outOfRange(&wrong)
	early(&wrong)
	running(&wrong)
	collected(&wrong)
	letGo(&wrong)
	return wrong
}

func twice(wrong *problems) {
	w := newWorld()
	request, policy, relay := must(pwwb.NewRequest()), must(pwwb.NewPolicy(pwwb.Rules{Source: pwwb.PolicyHost})),
		must(pwwb.NewRelay(10))
	link := must(relay.Connect(pwwb.RelayAgent))
	a := w.asker("p")
	for i := 0; i < 2; i++ {
		relay.Close() // before its transport
		link.Close()
		request.Close()
		policy.Close()
		a.close()
		w.close()
	}
	_, err := w.keys.Info()
	wrong.want("used after Close", true, errors.Is(err, pwwb.ErrState))
	_, _, err = policy.Check(nil, pwwb.SetReset, []byte("x"))
	wrong.want("used after Close", true, errors.Is(err, pwwb.ErrState))
	_, err = relay.Connect(pwwb.RelayPortal)
	wrong.want("used after Close", true, errors.Is(err, pwwb.ErrState))
	_, err = a.reset(anna, []byte("Correct-Horse-7"))
	wrong.want("used after Close", true, errors.Is(err, pwwb.ErrState))
	_, err = pwwb.NewPortal(pwwb.PortalOptions{Keys: w.half})
	wrong.want("made of what is closed", true, errors.Is(err, pwwb.ErrState))
}

// A time that C cannot hold is refused, not another one.
func outOfRange(wrong *problems) {
	w := newWorld()
	defer w.close()
	for _, life := range []time.Duration{301 * time.Second, 1 << 62, -time.Second} {
		_, err := pwwb.NewPortal(pwwb.PortalOptions{Keys: w.half, Life: life})
		wrong.want("a life of "+life.String(), true, errors.Is(err, pwwb.ErrInvalidArgument))
	}
	portal := must(pwwb.NewPortal(pwwb.PortalOptions{Keys: w.half, Life: time.Millisecond}))
	defer portal.Close()
	claims := claimsFor(anna, pwwb.OperationUnlock)
	_, _, _, err := portal.Begin(claims, pwwb.Passwords{})
	wrong.ok("begin", err)
	wrong.want("a short life is a second, not the default", time.Second, claims.Expires.Sub(claims.Issued))
}

// early: what an agent borrows is closed before it is used, and lives until the agent is closed.
func early(wrong *problems) {
	w, d := newWorld(), people()
	agent := w.agent(w.mail.Box(""), d)
	a := w.asker("p")
	defer a.close()
	w.close() // keys and journal
	done := make(chan error, 1)
	go func() { done <- agent.Step(context.Background()) }()
	result, err := a.reset(anna, []byte("Correct-Horse-7"))
	wrong.ok("a reset", err)
	wrong.want("a reset", pwwb.CodeOK, result.Code)
	wrong.ok("a step", <-done)
	wrong.want("the agent's count", 1, agent.Count(pwwb.CountSet))
	agent.Close()
	wrong.want("a step after Close", true, errors.Is(agent.Step(context.Background()), pwwb.ErrState))
}

// running: an agent that runs can be closed, and refuses others.
func running(wrong *problems) {
	w, d := newWorld(), people()
	defer w.close()
	agent := w.agent(w.mail.Box(""), d)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- agent.Run(ctx) }()
	a := w.asker("p")
	defer a.close()
	_, err := a.reset(anna, []byte("Correct-Horse-7"))
	wrong.ok("a reset", err)
	wrong.want("a step beside Run", true, errors.Is(agent.Step(ctx), pwwb.ErrState))
	agent.Close()
	agent.Close()
	result, err := a.reset(berta, []byte("Correct-Horse-7"))
	wrong.ok("a reset after Close", err)
	wrong.want("a reset after Close", pwwb.CodeOK, result.Code)
	cancel()
	wrong.ok("its end", <-ended)
}

// A forgetful directory has the garbage collector run while the library is in it.
type forgetful struct{ *memory.Directory }

func (f forgetful) Read(ctx context.Context, id pwwb.ID, account *pwwb.Account, rules *pwwb.Rules) error {
	runtime.GC()
	runtime.GC()
	return f.Directory.Read(ctx, id, account, rules)
}

// collected: nobody holds any of the handles while they are used, and nobody closes them.
func collected(wrong *problems) {
	mail := memory.NewPost()
	d := forgetful{people()}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	half := make(chan *pwwb.Keyring, 1)
	go func() {
		w := newWorld()
		w.mail = mail
		half <- w.half
		ended <- w.agent(mail.Box(""), d).Run(ctx)
	}()
	w := &world{half: <-half, mail: mail}
	a := w.asker("p")
	w = nil
	for i := 0; i < 3; i++ {
		result, err := a.reset(anna, []byte("Correct-Horse-7"))
		wrong.ok("a reset", err)
		wrong.want("a reset", pwwb.CodeOK, result.Code)
	}
	cancel()
	wrong.ok("the agent's end", <-ended)
}

// letGo: the library lets go of what is written in Go when it is closed, or when nobody holds it.
func letGo(wrong *problems) {
	var gone atomic.Int32
	for i := 0; i < 2; i++ {
		box := memory.NewPost().Box("")
		runtime.SetFinalizer(box, func(*memory.Box) { gone.Add(1) })
		link := must(pwwb.NewTransport(box))
		runtime.GC()
		wrong.want("held by the library", 0, gone.Load()-int32(i))
		if i == 0 {
			link.Close()
		}
		runtime.KeepAlive(link)
		link, box = nil, nil
		for n := 0; n < 100 && gone.Load() <= int32(i); n++ {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
	}
	wrong.want("let go", 2, gone.Load())
}
