// SPDX-License-Identifier: Apache-2.0

// Package memory is a directory, a transport and a key storage that end with the process: what a host writes
// over its own.
package memory

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

// A Directory is people and their passwords in memory. Passwords do not stay in it: what it keeps is a keyed hash of each.
type Directory struct {
	mu       sync.Mutex
	key      []byte
	accounts map[pwwb.ID]*person
	Rules    pwwb.Rules // for everybody
	lose     bool
	broken   string
}

type person struct {
	name    string
	display string
	hash    []byte
	lastSet time.Time
	sets    int
}

// NewDirectory makes an empty one.
func NewDirectory() *Directory {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		panic(err) // a machine without randomness
	}
	return &Directory{key: key, accounts: map[pwwb.ID]*person{}}
}

// Add adds a person whose password was set two days ago.
func (d *Directory) Add(id pwwb.ID, name, display string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accounts[id] = &person{name: name, display: display, lastSet: time.Now().Add(-48 * time.Hour)}
}

func (d *Directory) hash(password []byte) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write(password)
	return h.Sum(nil)
}

// IsPassword says whether it is the person's now.
func (d *Directory) IsPassword(id pwwb.ID, password []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return hmac.Equal(d.accounts[id].hash, d.hash(password))
}

// Sets is how often the person's password was set.
func (d *Directory) Sets(id pwwb.ID) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.accounts[id].sets
}

// Break makes the next answer of Set be lost, or a method panic; "" mends it.
func (d *Directory) Break(lose bool, method string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lose, d.broken = lose, method
}

func (d *Directory) panicIn(method string) {
	if d.broken == method {
		panic("a defect of the host's")
	}
}

// Find: a source anchor is the objectGUID itself here.
func (d *Directory) Find(_ context.Context, anchor pwwb.Anchor) (pwwb.Found, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.accounts[anchor.GUID] == nil {
		return pwwb.Found{Code: pwwb.CodeNotFound}, nil
	}
	return pwwb.Found{Candidates: 1, GUID: anchor.GUID}, nil
}

// Read fills what is known; the rest stays "not known".
func (d *Directory) Read(_ context.Context, id pwwb.ID, account *pwwb.Account, rules *pwwb.Rules) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.panicIn("read")
	p := d.accounts[id]
	if p == nil {
		return pwwb.ErrNotFound
	}
	account.Kind = pwwb.AccountPerson
	account.IsProtected = pwwb.No
	account.IsLocked = pwwb.No
	account.MayChange = pwwb.Yes
	account.PasswordLastSetMS = p.lastSet.UnixMilli()
	account.NowMS = time.Now().UnixMilli()
	account.AccountName = p.name
	account.DisplayName = p.display
	*rules = d.Rules
	return nil
}

// Set writes a password. The library has checked it against the rules; only the directory knows the rest.
func (d *Directory) Set(_ context.Context, set *pwwb.Set) (pwwb.SetResult, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.panicIn("set")
	p := d.accounts[set.GUID]
	if p == nil {
		return pwwb.SetResult{Code: pwwb.CodeNotFound}, nil
	}
	if set.Kind == pwwb.SetUnlock {
		return pwwb.SetResult{Code: pwwb.CodeOK, Controller: "memory"}, nil
	}
	if set.Kind == pwwb.SetChange && !hmac.Equal(p.hash, d.hash(set.Old)) {
		return pwwb.SetResult{Code: pwwb.CodeOldPasswordWrong, Controller: "memory"}, nil
	}
	p.hash = d.hash(set.Password)
	p.lastSet = time.Now()
	p.sets++
	if d.lose {
		d.lose = false
		return pwwb.SetResult{}, &pwwb.Error{Status: pwwb.ErrClosed, Message: "the connection broke after sending"}
	}
	return pwwb.SetResult{Code: pwwb.CodeOK, PasswordLastSetMS: p.lastSet.UnixMilli(), Controller: "memory"}, nil
}
