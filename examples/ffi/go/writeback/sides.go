// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

// Both sides have a store of their own for their half of the keys, and take part in the exchanges.
type side struct {
	storage  *memory.Safe
	store    *pwwb.KeyStore
	exchange *pwwb.Exchange
}

func newSide(half pwwb.Half) (*side, error) {
	lock := make([]byte, pwwb.LockKeySize)
	if _, err := rand.Read(lock); err != nil {
		return nil, err
	}
	secret, err := pwwb.NewSecret(lock)
	if err != nil {
		return nil, err
	}
	defer secret.Close()
	s := &side{storage: &memory.Safe{}}
	if s.store, err = pwwb.NewKeyStore(s.storage, pwwb.LockKey, secret); err != nil {
		return nil, err
	}
	s.exchange, err = pwwb.NewExchange(s.store, half, pwwb.ExchangeOptions{Suite: pwwb.SuiteX25519})
	return s, err
}

func (s *side) close() {
	s.exchange.Close()
	s.store.Close()
}

// startAgent makes an agent and runs it in a goroutine; the function it gives stops it and waits.
func startAgent(ctx context.Context, s *side, mail *memory.Post, directory pwwb.Directory) (func() error, error) {
	transport, err := pwwb.NewTransport(mail.Box(""))
	if err != nil {
		return nil, err
	}
	defer transport.Close() // here and below: the agent keeps what it works with
	journal, err := pwwb.NewJournal(100)
	if err != nil {
		return nil, err
	}
	defer journal.Close()
	accounts, err := pwwb.NewDirectory(directory)
	if err != nil {
		return nil, err
	}
	defer accounts.Close()
	agent, err := pwwb.NewAgent(pwwb.AgentOptions{
		Exchange: s.exchange, Transport: transport, Journal: journal,
		Directories: map[string]*pwwb.DirectoryHandle{"": accounts},
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- agent.Run(ctx) }()
	return func() error {
		cancel()
		err := <-ended
		agent.Close()
		return err
	}, nil
}

// enable gives the agents' side a ticket, serves the order that it sends, and confirms the fingerprint, as
// two administrators would on the telephone. The agent is started between.
func enable(ctx context.Context, tenant pwwb.ID, portal, agent *side, mail *memory.Post, start func() error) error {
	ticket, err := portal.exchange.Ticket(pwwb.Ticket{Tenant: tenant, Life: time.Hour, RelayAddress: "memory"})
	if err != nil {
		return err
	}
	defer ticket.Close()
	if err := agent.exchange.Begin(pwwb.ExchangeEnable, ticket); err != nil {
		return err
	}
	keys, err := agent.store.Load()
	if err != nil {
		return err
	}
	defer keys.Close()
	info, err := keys.Info()
	if err != nil {
		return err
	}
	orders, err := pwwb.NewTransport(mail.Box(pwwb.AddressPortals))
	if err != nil {
		return err
	}
	defer orders.Close()
	if err := start(); err != nil {
		return err
	}
	event, err := pwwb.Serve(ctx, portal.exchange, orders)
	if err != nil {
		return err
	}
	if event.Code != pwwb.ExchangeWaiting {
		return fmt.Errorf("the order to enable was answered by %d", event.Code)
	}
	return portal.exchange.Confirm(info.Fingerprint)
}
