// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <stdlib.h>
#include "tables.h"
*/
import "C"

import (
	"context"
	"runtime"
	"runtime/cgo"
	"time"
	"unsafe"
)

// A Transport carries whole messages between portal and agent. The library calls it on the goroutine that
// called the library, one call at a time.
//
// The context of a method ends with the time the library gives it, which may be over at once: so what is
// there already is given or done, and only then the context is asked. An error that is an *Error or a
// Status is told as it is, the context's own errors are ErrTimeout and ErrStopped, any other, and a panic,
// are ErrCallback.
type Transport interface {
	// Send ends without an error once the relay has the message. ErrFull, ErrNoAgent, ErrConnect, ErrAuth
	// and ErrTLS promise that it surely has not.
	Send(ctx context.Context, m Message) error
	// Receive waits for one whole message for this side.
	Receive(ctx context.Context) (Delivery, error)
	// Settle says what becomes of a received message.
	Settle(ctx context.Context, tag uint64, verdict Settle) error
}

// An Addresser is a Transport to whose side replies go by an address.
type Addresser interface{ Address() string }

// A Presence is a Transport that knows whether an agent listens. It never waits.
type Presence interface{ Presence() (Answer, error) }

// A Holder is a Transport that can keep a received message for a while, to be settled later.
type Holder interface{ Hold(tag uint64) error }

// A Message is one on its way out. Its octets are the receiver's to keep.
type Message struct {
	Data    []byte
	ID      ID
	Expires time.Time
	To      string // "" = the agents; AddressPortals, AddressHeartbeats, or a reply address
	ReplyTo string // "" = no reply is wanted
}

// A Delivery is one that came in.
type Delivery struct {
	Data        []byte
	Tag         uint64 // names it to Settle
	ID          ID
	Redelivered Redelivered
}

// Redelivered is whether a relay gave a message to somebody before.
type Redelivered int32

// What a relay knows of that; mostly nothing.
const (
	RedeliveredUnknown Redelivered = iota
	RedeliveredNo
	RedeliveredYes
)

// A TransportHandle is a transport as the library uses it. One goroutine at a time.
type TransportHandle struct {
	h    *handle
	host *transportHost // nil: not of Go
}

type transportHost struct {
	impl    Transport
	ctx     context.Context // of the call that is under way
	address *C.char
}

// NewTransport takes a transport that is written in Go.
func NewTransport(impl Transport) (*TransportHandle, error) {
	host := &transportHost{impl: impl, ctx: context.Background(), address: C.CString("")}
	if a, can := impl.(Addresser); can {
		C.free(unsafe.Pointer(host.address))
		host.address = C.CString(a.Address())
	}
	_, hasPresence := impl.(Presence)
	_, hasHold := impl.(Holder)
	number := cgo.NewHandle(host)
	t, err := newTransport(host, nil, func(t **C.pwwb_transport, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_go_transport(C.uintptr_t(number), truth(hasPresence), truth(hasHold), t, e)
	})
	if err != nil {
		goDrop(C.uintptr_t(number))
	}
	return t, err
}

func newTransport(host *transportHost, needs []*handle,
	create func(t **C.pwwb_transport, e *C.pwwb_error) C.pwwb_status) (*TransportHandle, error) {
	h, err := newHandle(true, func(p unsafe.Pointer) { C.pwwb_transport_free((*C.pwwb_transport)(p)) }, needs,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var t *C.pwwb_transport
			status := create(&t, e)
			return unsafe.Pointer(t), status
		})
	if err != nil {
		return nil, err
	}
	t := &TransportHandle{h, host}
	runtime.SetFinalizer(t, (*TransportHandle).Close)
	return t, nil
}

func truth(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// Close gives the transport back.
func (t *TransportHandle) Close() {
	if t != nil {
		t.h.close()
	}
}

func (t *TransportHandle) handle() *handle {
	if t == nil {
		return nil
	}
	return t.h
}

// during runs f while callbacks of this transport see the caller's context.
func (t *TransportHandle) during(ctx context.Context, f func() error) error {
	if t.host != nil {
		t.host.ctx = ctx
		defer func() { t.host.ctx = context.Background() }()
	}
	return f()
}

// A Relay lives in this process, between transports that are connected to it. Any goroutine.
type Relay struct{ h *handle }

// NewRelay makes one that holds so many messages.
func NewRelay(capacity int) (*Relay, error) {
	h, err := newHandle(false, func(p unsafe.Pointer) { C.pwwb_relay_free((*C.pwwb_relay)(p)) }, nil,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var r *C.pwwb_relay
			status := C.pwwb_relay_new(C.size_t(capacity), nil, nil, &r, e)
			return unsafe.Pointer(r), status
		})
	if err != nil {
		return nil, err
	}
	r := &Relay{h}
	runtime.SetFinalizer(r, (*Relay).Close)
	return r, nil
}

// Connect gives a transport at one end.
func (r *Relay) Connect(end RelayEnd) (*TransportHandle, error) {
	defer runtime.KeepAlive(r)
	return newTransport(nil, []*handle{r.h}, func(t **C.pwwb_transport, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_transport_new_relay((*C.pwwb_relay)(pointerOf(r.h)), C.int32_t(end), t, e)
	})
}

// Fault makes a fault befall so many messages, to test what is built on a relay.
func (r *Relay) Fault(kind RelayFault, count int) error {
	defer runtime.KeepAlive(r)
	return r.h.do(func(p unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_relay_fault((*C.pwwb_relay)(p), C.int32_t(kind), C.uint32_t(count), e)
	})
}

// Close gives the relay back; it lives as long as a transport of it.
func (r *Relay) Close() {
	if r != nil {
		r.h.close()
	}
}
