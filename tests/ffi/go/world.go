// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

// A world is keys, a post office, and what the agents of it share.
type world struct {
	keys    *pwwb.Keyring // the agent half
	half    *pwwb.Keyring // the portal half
	mail    *memory.Post
	journal *pwwb.Journal
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func lockKey() *pwwb.Secret {
	key := make([]byte, pwwb.LockKeySize)
	must(rand.Read(key))
	return must(pwwb.NewSecret(key))
}

func newWorld() *world {
	w := &world{mail: memory.NewPost()}
	w.keys = must(pwwb.NewKeyring(pwwb.ID{0x7e}, pwwb.SuiteX25519))
	lock := lockKey()
	defer lock.Close()
	sealed := must(w.keys.Seal(pwwb.HalfPortal, pwwb.LockKey, lock))
	w.half = must(pwwb.OpenKeyring(sealed, pwwb.LockKey, lock))
	w.journal = must(pwwb.NewJournal(1000))
	return w
}

func (w *world) close() {
	w.keys.Close()
	w.half.Close()
	w.journal.Close()
}

// agent makes one; everything that it works with is closed early, for it keeps that.
func (w *world) agent(transport pwwb.Transport, directory pwwb.Directory) *pwwb.Agent {
	t := must(pwwb.NewTransport(transport))
	defer t.Close()
	d := must(pwwb.NewDirectory(directory))
	defer d.Close()
	return must(pwwb.NewAgent(pwwb.AgentOptions{
		Keys: w.keys, Transport: t, Journal: w.journal, Directories: map[string]*pwwb.DirectoryHandle{"": d},
	}))
}

// start runs an agent; the function it gives stops it.
func (w *world) start(directory pwwb.Directory) func() error {
	agent := w.agent(w.mail.Box(""), directory)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- agent.Run(ctx) }()
	return func() error {
		cancel()
		err := <-ended
		agent.Close()
		return err
	}
}

// An asker is a portal with its transport.
type asker struct {
	portal *pwwb.Portal
	link   *pwwb.TransportHandle
}

func (w *world) asker(address string) *asker {
	return &asker{must(pwwb.NewPortal(pwwb.PortalOptions{Keys: w.half})), must(pwwb.NewTransport(w.mail.Box(address)))}
}

func (a *asker) close() {
	a.portal.Close()
	a.link.Close()
}

func claimsFor(id pwwb.ID, operation pwwb.Operation) *pwwb.Claims {
	c := &pwwb.Claims{
		Operation: operation, Origin: pwwb.FromResetPortal, Actor: pwwb.ActorUser,
		UserType: pwwb.UserPassThrough, Anchor: pwwb.Anchor{Kind: pwwb.AnchorSource, GUID: id},
	}
	if operation == pwwb.OperationChange {
		c.Origin = pwwb.FromAccountPortal
		c.Flags = pwwb.FlagOwnAccount
	}
	return c
}

// reset asks for a new password; the octets are wiped.
func (a *asker) reset(id pwwb.ID, password []byte) (pwwb.Result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	secret := must(pwwb.NewSecret(password))
	defer secret.Close()
	return a.portal.Call(ctx, a.link, claimsFor(id, pwwb.OperationResetSelf), pwwb.Passwords{New: secret})
}

// settled waits until the journal is older than what will be asked: before, "not set" is "unknown".
func settled() { time.Sleep(1001 * time.Millisecond) }
