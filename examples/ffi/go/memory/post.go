// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"sync"

	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

// A Post office is a queue for each address; the agents' is "".
type Post struct {
	mu     sync.Mutex
	queues map[string]chan pwwb.Delivery
}

// NewPost makes an empty one.
func NewPost() *Post { return &Post{queues: map[string]chan pwwb.Delivery{}} }

func (p *Post) queue(address string) chan pwwb.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.queues[address] == nil {
		p.queues[address] = make(chan pwwb.Delivery, 100)
	}
	return p.queues[address]
}

// A Box is one side's end of it: what is sent to its address comes out here.
type Box struct {
	post    *Post
	address string
	tag     uint64
	held    map[uint64]pwwb.Delivery
}

// Box gives one end.
func (p *Post) Box(address string) *Box {
	return &Box{post: p, address: address, held: map[uint64]pwwb.Delivery{}}
}

// Address is where replies to this side go.
func (b *Box) Address() string { return b.address }

// Send never waits: a full queue says so.
func (b *Box) Send(_ context.Context, m pwwb.Message) error {
	select {
	case b.post.queue(m.To) <- pwwb.Delivery{Data: m.Data, ID: m.ID}:
		return nil
	default:
		return pwwb.ErrFull
	}
}

// Receive takes what is there, and else waits.
func (b *Box) Receive(ctx context.Context) (pwwb.Delivery, error) {
	queue := b.post.queue(b.address)
	var d pwwb.Delivery
	select {
	case d = <-queue:
	default:
		select {
		case d = <-queue:
		case <-ctx.Done():
			return d, ctx.Err()
		}
	}
	b.tag++
	d.Tag = b.tag
	b.held[d.Tag] = d
	return d, nil
}

// Settle puts back what was released; the rest is gone.
func (b *Box) Settle(_ context.Context, tag uint64, verdict pwwb.Settle) error {
	d := b.held[tag]
	delete(b.held, tag)
	if verdict == pwwb.SettleRelease {
		b.post.queue(b.address) <- d
	}
	return nil
}

// A Safe is a key storage in memory, a database's row in earnest. What it keeps is sealed.
type Safe struct {
	mu      sync.Mutex
	sealed  []byte
	version uint64
}

// Load gives what was stored last.
func (s *Safe) Load() ([]byte, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version == 0 {
		return nil, 0, pwwb.ErrNotFound
	}
	return s.sealed, s.version, nil
}

// Swap stores if nobody else did meanwhile.
func (s *Safe) Swap(expected uint64, sealed []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version != expected {
		return pwwb.ErrChanged
	}
	s.sealed, s.version = sealed, s.version+1
	return nil
}

// Put stores octets as that version, whatever was there.
func (s *Safe) Put(sealed []byte, version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed, s.version = append([]byte{}, sealed...), version
}
