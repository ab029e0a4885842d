// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

const now = 1760000000

var skew = 120 * time.Second

// Octets are hexadecimal in the files.
type octets []byte

func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

func (o octets) id() (id pwwb.ID) {
	copy(id[:], o)
	return id
}

type outer struct{ Message octets }

type vectors struct {
	keys struct {
		Tenant octets
		Epochs map[string]struct {
			Generation, Suite, Created int64
		}
	}
	keyrings struct {
		Keyrings []keyringVector
	}
	messages struct {
		Requests   []requestVector
		Replies    []replyVector
		Heartbeats []heartbeatVector
	}
	exchange struct {
		Tickets      []struct{ Name, Text string }
		Fingerprints []struct{ Name, Text string }
		Orders       []struct {
			Name  string
			Kind  int
			Outer outer
		}
		Controls []struct {
			Name       string
			Kind, Code int
			Outer      outer
		}
	}
	refused struct {
		Refused []refusedVector
	}
	answers struct {
		Rows []struct {
			As     string
			Step   int
			Name   string
			Status string
			Opens  bool
		}
	}
	complexity struct {
		Cases []complexityCase
	}
}

type keyringVector struct {
	Name       string
	Lock       int32
	Key        octets
	Passphrase string
	Version    uint64
	Sealed     octets
	Keyring    struct {
		Half, State, Generation int
		Epochs                  []struct {
			Epoch string
			State int
			Since int64
		}
	}
}

func readVectors() *vectors {
	v := &vectors{}
	readJSON("tests/vectors/pwwb/keys.json", &v.keys)
	readJSON("tests/vectors/pwwb/keyrings.json", &v.keyrings)
	readJSON("tests/vectors/pwwb/messages.json", &v.messages)
	readJSON("tests/vectors/pwwb/exchange.json", &v.exchange)
	readJSON("tests/vectors/pwwb/refused.json", &v.refused)
	readJSON("tests/ffi/refused.json", &v.answers)
	readJSON("tests/cases/complexity.json", &v.complexity)
	return v
}

func (k *keyringVector) secret() *pwwb.Secret {
	key := append([]byte{}, k.Key...)
	if k.Lock == int32(pwwb.LockPassphrase) {
		key = []byte(k.Passphrase)
	}
	s, err := pwwb.NewSecret(key)
	if err != nil {
		panic(err)
	}
	return s
}

func (k *keyringVector) open() (*pwwb.Keyring, error) {
	s := k.secret()
	defer s.Close()
	return pwwb.OpenKeyring(k.Sealed, pwwb.Lock(k.Lock), s)
}

// standing is a clock that stands.
type standing int64

func (s standing) Wall() time.Time        { return time.Unix(int64(s), 0) }
func (standing) Monotonic() time.Duration { return time.Second }

// exchange takes part as one side over a store that holds a keyring, or nothing, at a time.
func (v *vectors) exchangeOver(k *keyringVector, half pwwb.Half, at int64) (*pwwb.Exchange, error) {
	storage := &memory.Safe{}
	secret := v.keyrings.Keyrings[0].secret()
	if k != nil {
		storage.Put(k.Sealed, k.Version)
		secret = k.secret()
	}
	defer secret.Close()
	store, err := pwwb.NewKeyStore(storage, pwwb.LockKey, secret)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return pwwb.NewExchange(store, half, pwwb.ExchangeOptions{Clock: standing(at)})
}

func opens(v *vectors) problems {
	var wrong problems
	var keys []*pwwb.Keyring
	for i := range v.keyrings.Keyrings {
		k, err := v.keyrings.Keyrings[i].open()
		if !wrong.ok(v.keyrings.Keyrings[i].Name, err) {
			return wrong
		}
		defer k.Close()
		keys = append(keys, k)
		opensKeyring(&wrong, v, &v.keyrings.Keyrings[i], k)
	}
	for i := range v.messages.Requests {
		opensRequest(&wrong, v, &v.messages.Requests[i], keys[0])
	}
	for i := range v.messages.Replies {
		opensReply(&wrong, &v.messages.Replies[i], keys[1])
	}
	for i := range v.messages.Heartbeats {
		opensHeartbeat(&wrong, &v.messages.Heartbeats[i], keys[1])
	}
	opensExchange(&wrong, v)
	return wrong
}

func opensKeyring(wrong *problems, v *vectors, want *keyringVector, k *pwwb.Keyring) {
	info, err := k.Info()
	wrong.ok(want.Name, err)
	wrong.want(want.Name+": tenant", v.keys.Tenant.id(), info.Tenant)
	wrong.want(want.Name+": half, state, generation",
		fmt.Sprint(want.Keyring.Half, want.Keyring.State, want.Keyring.Generation),
		fmt.Sprint(info.Half, info.State, info.Generation))
	wrong.want(want.Name+": epochs", len(want.Keyring.Epochs), len(info.Epochs))
	if want.Lock == int32(pwwb.LockKey) { // those have an identity
		wrong.want(want.Name+": fingerprint", v.exchange.Fingerprints[0].Text, info.Fingerprint)
	}
	for i, e := range info.Epochs {
		w := want.Keyring.Epochs[i]
		key := v.keys.Epochs[w.Epoch]
		wrong.want(want.Name+": an epoch",
			fmt.Sprint(key.Generation, w.State, key.Suite, key.Created, w.Since),
			fmt.Sprint(e.Generation, e.State, e.Suite, e.Created.Unix(), e.Since.Unix()))
	}
}

func opensExchange(wrong *problems, v *vectors) {
	for _, t := range v.exchange.Tickets {
		x, err := v.exchangeOver(nil, pwwb.HalfAgent, now)
		if wrong.ok(t.Name, err) {
			wrong.ok(t.Name, begin(x, t.Text))
			x.Close()
		}
	}
	for _, o := range v.exchange.Orders {
		_, event, err := v.take(&v.keyrings.Keyrings[1], pwwb.HalfPortal, now+300, o.Outer.Message)
		wrong.ok(o.Name, err)
		wrong.want(o.Name+": kind", o.Kind, event.Kind)
	}
	for _, c := range v.exchange.Controls {
		_, event, err := v.take(&v.keyrings.Keyrings[0], pwwb.HalfAgent, now, c.Outer.Message)
		wrong.ok(c.Name, err)
		if c.Kind == 2 { // a revoke of the portal's own
			wrong.want(c.Name+": kind", pwwb.ExchangeRevoke, event.Kind)
		} else {
			wrong.want(c.Name+": code", c.Code, event.Code)
		}
	}
}

func begin(x *pwwb.Exchange, ticket string) error {
	s, err := pwwb.NewSecret([]byte(ticket))
	if err != nil {
		return err
	}
	defer s.Close()
	return x.Begin(pwwb.ExchangeEnable, s)
}

// take gives a message to one side over a fresh store.
func (v *vectors) take(k *keyringVector, half pwwb.Half, at int64, message []byte) ([]byte, pwwb.ExchangeEvent, error) {
	x, err := v.exchangeOver(k, half, at)
	if err != nil {
		return nil, pwwb.ExchangeEvent{}, err
	}
	defer x.Close()
	return x.Take(message)
}
