// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"context"
	"runtime"
	"time"
	"unsafe"
)

// A Portal asks agents. One goroutine at a time: to ask for several persons at once, make several.
type Portal struct{ h *handle }

// PortalOptions are what a portal works with: a store whose keys are followed, or one keyring for ever.
type PortalOptions struct {
	Keys    *Keyring
	Store   *KeyStore
	Life    time.Duration // of a request, whole seconds up to 300; 0 = 120 s
	KeysFor time.Duration // how long keys are used without looking into the store; 0 = a minute
}

// NewPortal makes one.
func NewPortal(options PortalOptions) (*Portal, error) {
	o := C.pwwb_portal_options{
		size: C.sizeof_pwwb_portal_options, life_s: whole(options.Life, time.Second),
		cache_ms: whole(options.KeysFor, time.Millisecond),
	}
	keys, store := options.Keys.handle(), options.Store.handle()
	h, err := newHandle(true, func(p unsafe.Pointer) { C.pwwb_portal_free((*C.pwwb_portal)(p)) },
		[]*handle{keys, store},
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var p *C.pwwb_portal
			o.store = (*C.pwwb_keystore)(pointerOf(store))
			status := C.pwwb_portal_new((*C.pwwb_keyring)(pointerOf(keys)), &o, &p, e)
			return unsafe.Pointer(p), status
		})
	runtime.KeepAlive(options)
	if err != nil {
		return nil, err
	}
	p := &Portal{h}
	runtime.SetFinalizer(p, (*Portal).Close)
	return p, nil
}

// Call asks an agent and waits for its answer, as long as the context and the request live. The result
// always says what is known of the password: also beside an error, and when no answer came. Cancelling
// the context ends the waiting where the transport is written in Go; what was sent stays sent.
func (p *Portal) Call(ctx context.Context, t *TransportHandle, claims *Claims, passwords Passwords) (Result, error) {
	defer runtime.KeepAlive(p)
	defer runtime.KeepAlive(t)
	nothing := Result{Outcome: OutcomeNotSet, Code: CodeInternal}
	c, err := claims.c()
	if err != nil {
		return nothing, err
	}
	result := nothing
	err = with(ctx, func() error {
		return t.during(ctx, func() error {
			result, err = withReply(func(r *C.pwwb_reply) error {
				return passwords.with(func(n *C.uint8_t, nLen C.size_t, o *C.uint8_t, oLen C.size_t) error {
					return call(func(e *C.pwwb_error) C.pwwb_status {
						return C.pwwb_portal_call((*C.pwwb_portal)(p.h.ptr), (*C.pwwb_transport)(t.h.ptr), &c,
							n, nLen, o, oLen, left(ctx), r, e)
					})
				})
			})
			return err
		})
	}, p.h, t.handle())
	*claims = claimsOf(&c)
	return result, err
}

// Begin seals a request, unless its code says why nothing is to be sent. Finish may be called elsewhere.
func (p *Portal) Begin(claims *Claims, passwords Passwords) ([]byte, Code, []Finding, error) {
	defer runtime.KeepAlive(p)
	c, err := claims.c()
	if err != nil {
		return nil, CodeInternal, nil, err
	}
	buf := make([]byte, EnvelopeMax)
	out, size := octetsOf(buf)
	var length C.size_t
	var code C.int32_t
	var findings []Finding
	err = passwords.with(func(n *C.uint8_t, nLen C.size_t, o *C.uint8_t, oLen C.size_t) error {
		return p.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			status := C.pwwb_portal_begin((*C.pwwb_portal)(h), &c, n, nLen, o, oLen, out, size, &length, &code, e)
			findings = findingsOf(C.pwwb_portal_findings((*C.pwwb_portal)(h)))
			return status
		})
	})
	if err != nil {
		return nil, CodeInternal, nil, err
	}
	*claims = claimsOf(&c)
	sealed, _ := sent(buf, length, nil)
	return sealed, Code(code), findings, nil
}

// Sent says what the transport answered to the sending of a request that Begin sealed: nil, a Status, or an
// error as a Transport gives it. True when that is the end: not sent, so not set. False when an answer may
// come: wait, then Finish.
func (p *Portal) Sent(claims *Claims, said error) (Result, bool, error) {
	defer runtime.KeepAlive(p)
	c, err := claims.c()
	if err != nil {
		return Result{Outcome: OutcomeUnknown, Code: CodeOutcomeUnknown}, false, err
	}
	status, _ := statusOf(said)
	var isOver C.int32_t
	result, err := withReply(func(r *C.pwwb_reply) error {
		return p.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_portal_sent((*C.pwwb_portal)(h), &c, C.pwwb_status(status), r, &isOver, e)
		})
	})
	return result, isOver == 1, err
}

// Finish takes what came for a request, or nil: nothing will. An error says that this was not its answer.
func (p *Portal) Finish(claims *Claims, sealed []byte) (Result, error) {
	defer runtime.KeepAlive(p)
	c, err := claims.c()
	if err != nil {
		return Result{Outcome: OutcomeUnknown, Code: CodeOutcomeUnknown}, err
	}
	in, n := octetsOf(sealed)
	return withReply(func(r *C.pwwb_reply) error {
		return p.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_portal_finish((*C.pwwb_portal)(h), &c, in, n, r, e)
		})
	})
}

// Close gives the portal back.
func (p *Portal) Close() {
	if p != nil {
		p.h.close()
	}
}

// Serve takes one order or heartbeat of the agents and answers it: the portal's part in the exchanges.
// ErrTimeout when none came while the context lived.
func Serve(ctx context.Context, x *Exchange, t *TransportHandle) (ExchangeEvent, error) {
	event := C.pwwb_exchange_event{size: C.sizeof_pwwb_exchange_event}
	err := with(ctx, func() error {
		return t.during(ctx, func() error {
			return call(func(e *C.pwwb_error) C.pwwb_status {
				return C.pwwb_portal_serve((*C.pwwb_exchange)(x.h.ptr), nil, (*C.pwwb_transport)(t.h.ptr),
					left(ctx), &event, e)
			})
		})
	}, x.handle(), t.handle())
	runtime.KeepAlive(x)
	runtime.KeepAlive(t)
	return eventOf(&event), err
}
