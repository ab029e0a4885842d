// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <stdlib.h>
#include "tables.h"
*/
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

// An Exchange is one side's part in how both come to the same keys: see pwwb/exchange.h. One goroutine at
// a time. An Agent and Serve carry its messages.
type Exchange struct{ h *handle }

// ExchangeOptions are how exchanges go; the zero value is good.
type ExchangeOptions struct {
	Suite    Suite         // agent: of new epochs
	Roll     time.Duration // agent: roll when the active keys are that old; -1 = only on demand
	OpenOnly time.Duration // replaced keys open that long
	Resend   time.Duration // between two sendings of what is not answered
	Clock    Clock         // nil = the system's
}

// A Ticket is what a portal gives an agent's administrator, once.
type Ticket struct {
	Tenant          ID
	Life            time.Duration // 0 = a day
	RelayAddress    string
	RelayCredential string
}

// An ExchangeEvent is what came of a message that was taken.
type ExchangeEvent struct {
	Kind       ExchangeKind // 0 = a heartbeat
	Code       ExchangeCode
	IsRepeat   bool
	State      TenantState
	Generation uint64
}

// NewExchange takes part in the exchanges of the tenant whose keys are in the store.
func NewExchange(store *KeyStore, half Half, options ExchangeOptions) (*Exchange, error) {
	o := C.pwwb_exchange_options{
		size: C.sizeof_pwwb_exchange_options, suite: C.int32_t(options.Suite),
		roll_ms: milliseconds(options.Roll), open_only_ms: milliseconds(options.OpenOnly),
		resend_ms: milliseconds(options.Resend),
	}
	clock := newClock(options.Clock)
	h, err := newHandle(true,
		func(p unsafe.Pointer) {
			C.pwwb_exchange_free((*C.pwwb_exchange)(p))
			dropClock(clock)
		},
		[]*handle{store.handle()},
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var x *C.pwwb_exchange
			status := C.pwwb_go_exchange((*C.pwwb_keystore)(pointerOf(store.handle())), C.int32_t(half), &o,
				C.uintptr_t(clock), &x, e)
			return unsafe.Pointer(x), status
		})
	runtime.KeepAlive(store)
	if err != nil {
		dropClock(clock)
		return nil, err
	}
	x := &Exchange{h}
	runtime.SetFinalizer(x, (*Exchange).Close)
	return x, nil
}

// Ticket makes a ticket, at the portal: one line of text, a secret.
func (x *Exchange) Ticket(ticket Ticket) (*Secret, error) {
	text, err := newSecret(C.PWWB_TICKET_SIZE)
	if err != nil {
		return nil, err
	}
	// The struct is C's own, for it has pointers in it.
	t := (*C.pwwb_ticket)(C.calloc(1, C.sizeof_pwwb_ticket))
	defer C.free(unsafe.Pointer(t))
	t.size = C.sizeof_pwwb_ticket
	t.tenant = ticket.Tenant.octets()
	t.life_s = C.int64_t(whole(ticket.Life, time.Second))
	t.relay_address = C.CString(ticket.RelayAddress)
	defer C.free(unsafe.Pointer(t.relay_address))
	t.relay_credential = C.CString(ticket.RelayCredential)
	defer wipeText(t.relay_credential)
	var n C.size_t
	err = x.h.do(func(p unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_exchange_ticket((*C.pwwb_exchange)(p), t, (*C.char)(unsafe.Pointer(&text.page[0])),
			C.size_t(len(text.page)), &n, e)
	})
	runtime.KeepAlive(x)
	if err != nil {
		text.Close()
		return nil, err
	}
	text.size = int(n)
	return text, nil
}

func wipeText(text *C.char) {
	Wipe(unsafe.Slice((*byte)(unsafe.Pointer(text)), len(C.GoString(text))))
	C.free(unsafe.Pointer(text))
}

// Begin begins one: agent: enable (by a ticket), roll, disable; portal: revoke.
func (x *Exchange) Begin(kind ExchangeKind, ticket *Secret) error {
	defer runtime.KeepAlive(x)
	return ticket.With(func(text []byte) error {
		p, n := octetsOf(text)
		return x.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_exchange_begin((*C.pwwb_exchange)(h), C.int32_t(kind), (*C.char)(unsafe.Pointer(p)), n, e)
		})
	})
}

// Step does what is due, and gives what is to be sent now: agent to AddressPortals, portal to "". Nil is
// nothing.
func (x *Exchange) Step() ([]byte, error) {
	buf := make([]byte, EnvelopeMax)
	p, size := octetsOf(buf)
	var n C.size_t
	err := x.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_exchange_step((*C.pwwb_exchange)(h), p, size, &n, e)
	})
	runtime.KeepAlive(x)
	return sent(buf, n, err)
}

// Take takes a message of the other side, and gives what is to be sent back.
func (x *Exchange) Take(sealed []byte) ([]byte, ExchangeEvent, error) {
	in, length := octetsOf(sealed)
	buf := make([]byte, EnvelopeMax)
	p, size := octetsOf(buf)
	var n C.size_t
	event := C.pwwb_exchange_event{size: C.sizeof_pwwb_exchange_event}
	err := x.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_exchange_take((*C.pwwb_exchange)(h), in, length, p, size, &n, &event, e)
	})
	runtime.KeepAlive(x)
	back, err := sent(buf, n, err)
	return back, eventOf(&event), err
}

// Confirm says, at the portal, that the administrator has compared the fingerprint.
func (x *Exchange) Confirm(fingerprint string) error {
	defer runtime.KeepAlive(x)
	text := []byte(fingerprint + "\x00")
	return x.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_exchange_confirm((*C.pwwb_exchange)(h), (*C.char)(unsafe.Pointer(&text[0])),
			C.size_t(len(fingerprint)), e)
	})
}

// Close gives it back; the store stays.
func (x *Exchange) Close() {
	if x != nil {
		x.h.close()
	}
}

func (x *Exchange) handle() *handle {
	if x == nil {
		return nil
	}
	return x.h
}

func sent(buf []byte, n C.size_t, err error) ([]byte, error) {
	if err != nil || n == 0 {
		return nil, err
	}
	return buf[:n], nil
}

func eventOf(e *C.pwwb_exchange_event) ExchangeEvent {
	return ExchangeEvent{
		Kind: ExchangeKind(e.kind), Code: ExchangeCode(e.code), IsRepeat: e.is_repeat == 1,
		State: TenantState(e.state), Generation: uint64(e.generation),
	}
}
