// SPDX-License-Identifier: Apache-2.0

package pwwb

import (
	"context"
	"sort"
	"sync/atomic"
	"time"
)

// A turn lets one goroutine at a time use an object. Whoever needs several takes them in the order in
// which they were made, so that nobody waits for each other.
type turn struct {
	serial  uint64
	taken   chan struct{}
	running atomic.Bool // by an agent's Run, which may take for ever
}

var turns atomic.Uint64

func newTurn() *turn { return &turn{serial: turns.Add(1), taken: make(chan struct{}, 1)} }

// turnsOf are those of handles and of all that they borrow, each once, in order.
func turnsOf(handles []*handle) []*turn {
	seen := map[*turn]bool{}
	var all []*turn
	var collect func(handles []*handle)
	collect = func(handles []*handle) {
		for _, h := range handles {
			if h.turn != nil && !seen[h.turn] {
				seen[h.turn] = true
				all = append(all, h.turn)
			}
			collect(h.needs)
		}
	}
	collect(handles)
	sort.Slice(all, func(i, j int) bool { return all[i].serial < all[j].serial })
	return all
}

func inTurn(ctx context.Context, handles []*handle, f func() error) error {
	for _, t := range turnsOf(handles) {
		if err := t.wait(ctx); err != nil {
			return err
		}
		defer t.over()
	}
	return f()
}

// wait takes the turn, as long as the context lives. Nobody waits for an agent that runs.
func (t *turn) wait(ctx context.Context) error {
	for {
		if t.running.Load() {
			return &Error{Status: ErrState, Message: "an agent that runs uses it"}
		}
		select {
		case t.taken <- struct{}{}:
			return nil
		default:
		}
		select {
		case t.taken <- struct{}{}:
			return nil
		case <-ctx.Done():
			return tooLate(ctx)
		case <-time.After(10 * time.Millisecond): // whether an agent runs with it by now
		}
	}
}

func (t *turn) over() {
	t.running.Store(false)
	<-t.taken
}
