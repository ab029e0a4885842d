// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include "tables.h"
*/
import "C"

import (
	"context"
	"math"
	"runtime/cgo"
	"time"
)

// left is a context's time in milliseconds, -1 = no limit.
func left(ctx context.Context) C.int64_t {
	deadline, limited := ctx.Deadline()
	if !limited {
		return -1
	}
	ms := time.Until(deadline).Milliseconds()
	if ms < 0 {
		ms = 0
	}
	return C.int64_t(ms)
}

// within is the context of a callback: the caller's, and the library's own time.
func within(ctx context.Context, ms C.int64_t) (context.Context, context.CancelFunc) {
	if ms < 0 {
		return context.WithCancel(ctx)
	}
	const most = int64(1) << 40 // some decades: a Duration has no more than 292 years
	if int64(ms) > most {
		ms = C.int64_t(most)
	}
	return context.WithTimeout(ctx, time.Duration(ms)*time.Millisecond)
}

// tooLate is why a call was not begun.
func tooLate(ctx context.Context) error {
	if ctx.Err() == context.Canceled {
		return &Error{Status: ErrStopped, Message: "the context was cancelled"}
	}
	return &Error{Status: ErrTimeout, Message: "the deadline came first"}
}

// whole is a time in units, rounded up, so that a short one does not become 0, which is the default; too
// long for C it is the longest, which the library judges. A negative one is -1, "never" where there is one.
func whole(d, unit time.Duration) C.int32_t {
	if d < 0 {
		return -1
	}
	n := int64((d-1)/unit + 1)
	if d == 0 {
		n = 0
	}
	if n > math.MaxInt32 {
		n = math.MaxInt32
	}
	return C.int32_t(n)
}

// milliseconds is whole, for the long ones.
func milliseconds(d time.Duration) C.int64_t {
	if d > 0 && d < time.Millisecond {
		return 1
	}
	if d < 0 {
		return -1
	}
	return C.int64_t(d.Milliseconds())
}

func seconds(t time.Time) C.int64_t {
	if t.IsZero() {
		return 0
	}
	return C.int64_t(t.Unix())
}

func timeOfSeconds(s C.int64_t) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(int64(s), 0)
}

// A Clock tells the time to what is tested on a time of one's own.
type Clock interface {
	Wall() time.Time          // judges expiry and age
	Monotonic() time.Duration // never goes back; judges timeouts
}

func newClock(c Clock) cgo.Handle {
	if c == nil {
		return 0
	}
	return cgo.NewHandle(c)
}

func dropClock(c cgo.Handle) {
	if c != 0 {
		c.Delete()
	}
}

// A clock has no way to fail: one that panics ends the process, as a panic does.
//
//export goWall
func goWall(host C.uintptr_t) C.int64_t {
	return C.int64_t(cgo.Handle(host).Value().(Clock).Wall().UnixMilli())
}

//export goMonotonic
func goMonotonic(host C.uintptr_t) C.int64_t {
	return C.int64_t(cgo.Handle(host).Value().(Clock).Monotonic().Milliseconds())
}
