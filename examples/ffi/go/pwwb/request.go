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

// Claims say who asks for what, and for whose password.
type Claims struct {
	Tenant     ID // set by sealing
	Request    ID // cti; drawn by sealing when it is zero
	Issued     time.Time
	Expires    time.Time
	Operation  Operation
	Origin     Origin
	Actor      Actor
	UserType   UserType
	MustChange MustChange
	Flags      Flags
	Anchor     Anchor
	ActorID    ID     // of who asks, for the record
	ReplyTo    string // the transport's address for the reply
}

func (c *Claims) c() (C.pwwb_claims, error) {
	out := C.pwwb_claims{
		size: C.sizeof_pwwb_claims, tenant: c.Tenant.octets(), cti: c.Request.octets(),
		iat: seconds(c.Issued), exp: seconds(c.Expires), operation: C.int32_t(c.Operation),
		origin: C.int32_t(c.Origin), actor: C.int32_t(c.Actor), user_type: C.int32_t(c.UserType),
		must_change: C.int32_t(c.MustChange), flags: C.uint32_t(c.Flags), anchor: c.Anchor.c(),
		actor_id: c.ActorID.octets(),
	}
	return out, putText(out.reply_to[:], c.ReplyTo)
}

func claimsOf(c *C.pwwb_claims) Claims {
	return Claims{
		Tenant: idOf(c.tenant), Request: idOf(c.cti), Issued: timeOfSeconds(c.iat),
		Expires: timeOfSeconds(c.exp), Operation: Operation(c.operation), Origin: Origin(c.origin),
		Actor: Actor(c.actor), UserType: UserType(c.user_type), MustChange: MustChange(c.must_change),
		Flags: Flags(c.flags), Anchor: anchorOf(&c.anchor), ActorID: idOf(c.actor_id),
		ReplyTo: textOf(c.reply_to[:]),
	}
}

// Check says whether this is an operation that is written back at all: CodeOK, or why not.
func (c *Claims) Check() Code {
	in, err := c.c()
	if err != nil {
		return CodeOperation
	}
	return Code(C.pwwb_operation_check(&in))
}

// Passwords are what a request carries. Nil for none: an unlock has neither, a reset has no old one.
type Passwords struct {
	New *Secret
	Old *Secret // for a change
}

// with lends f both as C takes them.
func (p Passwords) with(f func(new *C.uint8_t, newLen C.size_t, old *C.uint8_t, oldLen C.size_t) error) error {
	return p.New.With(func(octets []byte) error {
		n, size := octetsOf(octets)
		return p.Old.With(func(octets []byte) error {
			o, oldSize := octetsOf(octets)
			return f(n, size, o, oldSize)
		})
	})
}

// SealRequest seals a request; the claims are filled as they were sealed.
func (k *Keyring) SealRequest(claims *Claims, passwords Passwords) ([]byte, error) {
	c, err := claims.c()
	if err != nil {
		return nil, err
	}
	var length C.size_t
	buf := make([]byte, EnvelopeMax)
	p, size := octetsOf(buf)
	err = passwords.with(func(n *C.uint8_t, nLen C.size_t, o *C.uint8_t, oLen C.size_t) error {
		return k.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_request_seal((*C.pwwb_keyring)(h), &c, n, nLen, o, oLen, p, size, &length, e)
		})
	})
	runtime.KeepAlive(k)
	if err != nil {
		return nil, err
	}
	*claims = claimsOf(&c)
	return buf[:length], nil
}

// OpenReply opens a sealed reply and checks that it answers the request.
func (k *Keyring) OpenReply(request ID, sealed []byte) (Result, error) {
	p, n := octetsOf(sealed)
	defer runtime.KeepAlive(k)
	return withReply(func(r *C.pwwb_reply) error {
		return k.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_reply_open(r, (*C.pwwb_keyring)(h), request.c(), p, n, e)
		})
	})
}

// A Request opens sealed requests, one after the other. It holds secrets; one goroutine at a time.
type Request struct{ h *handle }

// NewRequest makes one.
func NewRequest() (*Request, error) {
	h, err := newHandle(true, func(p unsafe.Pointer) { C.pwwb_request_free((*C.pwwb_request)(p)) }, nil,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var r *C.pwwb_request
			status := C.pwwb_request_new(&r, e)
			return unsafe.Pointer(r), status
		})
	if err != nil {
		return nil, err
	}
	r := &Request{h}
	runtime.SetFinalizer(r, (*Request).Close)
	return r, nil
}

// Open is the first phase: the outer layer and the claims. Claims that were read and refused are given
// beside the error.
func (r *Request) Open(keys *Keyring, sealed []byte, now time.Time, skew time.Duration) (*Claims, error) {
	var claims *Claims
	p, n := octetsOf(sealed)
	err := with(context.Background(), func() error {
		request := (*C.pwwb_request)(r.h.ptr)
		return call(func(e *C.pwwb_error) C.pwwb_status {
			status := C.pwwb_request_open(request, (*C.pwwb_keyring)(keys.h.ptr), p, n,
				C.int64_t(now.Unix()), C.int64_t(skew/time.Second), e)
			if c := C.pwwb_request_claims(request); c != nil {
				read := claimsOf(c)
				claims = &read
			}
			return status
		})
	}, r.h, keys.handle())
	runtime.KeepAlive(r)
	runtime.KeepAlive(keys)
	return claims, err
}

// OpenSecret is the second phase: it lends f the passwords, which are wiped when f has returned.
func (r *Request) OpenSecret(f func(password, old []byte) error) error {
	defer runtime.KeepAlive(r)
	return with(context.Background(), func() error {
		request := (*C.pwwb_request)(r.h.ptr)
		err := call(func(e *C.pwwb_error) C.pwwb_status { return C.pwwb_request_open_secret(request, e) })
		if err != nil {
			return err
		}
		defer C.pwwb_request_wipe(request)
		var n, oldLen C.size_t
		password := C.pwwb_request_password(request, &n)
		old := C.pwwb_request_old_password(request, &oldLen)
		return f(view(password, n), view(old, oldLen))
	}, r.h)
}

// SealReply seals an answer under the key that the request used, as far as its claims were read.
func (r *Request) SealReply(code Code, controller string, now time.Time) ([]byte, error) {
	var length C.size_t
	buf := make([]byte, EnvelopeMax)
	p, size := octetsOf(buf)
	name := append([]byte(controller), 0)
	err := r.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_reply_seal((*C.pwwb_request)(h), C.int32_t(code), nil,
			(*C.char)(unsafe.Pointer(&name[0])), C.int64_t(now.UnixMilli()), p, size, &length, e)
	})
	runtime.KeepAlive(r)
	if err != nil {
		return nil, err
	}
	return buf[:length], nil
}

// Close wipes what was opened.
func (r *Request) Close() {
	if r != nil {
		r.h.close()
	}
}

// view is C's own octets as a slice, for as long as they are there; nil for NULL.
func view(p *C.uint8_t, n C.size_t) []byte {
	if p == nil {
		return nil
	}
	return unsafe.Slice((*byte)(p), int(n))
}
