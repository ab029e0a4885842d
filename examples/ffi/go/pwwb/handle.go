// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"context"
	"sync"
	"unsafe"
)

// A handle owns one object of the library. The object lives until Close was asked for and the last use is
// over; what it borrows lives as long as it does.
type handle struct {
	mu     sync.Mutex
	ptr    unsafe.Pointer
	free   func(unsafe.Pointer)
	uses   int // calls under way, and handles that borrow this one
	closed bool
	needs  []*handle
	turn   *turn // nil: any number of goroutines at once
}

var errClosed = &Error{Status: ErrState, Message: "used after Close"}

// borrow takes a use of each; all of them, or none. Nil ones are left out.
func borrow(handles []*handle) ([]*handle, error) {
	var taken []*handle
	for _, h := range handles {
		if h == nil {
			continue
		}
		if err := h.take(); err != nil {
			giveBack(taken)
			return nil, err
		}
		taken = append(taken, h)
	}
	return taken, nil
}

func giveBack(handles []*handle) {
	for _, h := range handles {
		h.drop()
	}
}

// newHandle makes a handle of what `create` gives; it borrows `needs`. Of a thing that serves one
// goroutine at a time, `alone`.
func newHandle(alone bool, free func(unsafe.Pointer), needs []*handle,
	create func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status)) (*handle, error) {
	taken, err := borrow(needs)
	if err != nil {
		return nil, err
	}
	h := &handle{free: free, needs: taken}
	if alone {
		h.turn = newTurn()
	}
	err = inTurn(context.Background(), taken, func() error {
		return call(func(e *C.pwwb_error) (status C.pwwb_status) {
			h.ptr, status = create(e)
			return status
		})
	})
	if err != nil {
		giveBack(taken)
		return nil, err
	}
	return h, nil
}

func (h *handle) take() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errClosed
	}
	h.uses++
	return nil
}

func (h *handle) drop() {
	h.mu.Lock()
	h.uses--
	last := h.closed && h.uses == 0
	h.mu.Unlock()
	if last {
		h.end()
	}
}

func (h *handle) close() {
	h.mu.Lock()
	last := !h.closed && h.uses == 0
	h.closed = true
	h.mu.Unlock()
	if last {
		h.end()
	}
}

func (h *handle) end() {
	h.free(h.ptr)
	h.ptr = nil
	giveBack(h.needs)
}

// with runs f while the handles live, in the turn of all of them and of what they borrow.
func with(ctx context.Context, f func() error, handles ...*handle) error {
	taken, err := borrow(handles)
	if err != nil {
		return err
	}
	defer giveBack(taken)
	return inTurn(ctx, taken, f)
}

// do is with, for a call that gives a status and waits for nothing.
func (h *handle) do(f func(p unsafe.Pointer, e *C.pwwb_error) C.pwwb_status) error {
	return with(context.Background(), func() error {
		return call(func(e *C.pwwb_error) C.pwwb_status { return f(h.ptr, e) })
	}, h)
}

// pointerOf is the object of a handle that is borrowed; nil for none.
func pointerOf(h *handle) unsafe.Pointer {
	if h == nil {
		return nil
	}
	return h.ptr
}
