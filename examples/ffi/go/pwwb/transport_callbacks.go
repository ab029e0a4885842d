// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <stdlib.h>
#include "tables.h"
*/
import "C"

import (
	"runtime/cgo"
	"time"
	"unsafe"
)

func transportOf(host C.uintptr_t) *transportHost {
	return cgo.Handle(host).Value().(*transportHost)
}

//export goSend
func goSend(host C.uintptr_t, m *C.pwwb_message, timeout C.int64_t, e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		t := transportOf(host)
		ctx, cancel := within(t.ctx, timeout)
		defer cancel()
		return t.impl.Send(ctx, Message{
			Data: C.GoBytes(unsafe.Pointer(m.data), C.int(m.len)), ID: idOf(m.id),
			Expires: time.UnixMilli(int64(m.expires_ms)), To: textOf(m.to[:]),
			ReplyTo: textOf(m.reply_to[:]),
		})
	})
}

//export goReceive
func goReceive(host C.uintptr_t, buf *C.uint8_t, size C.size_t, d *C.pwwb_delivery, timeout C.int64_t,
	e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		t := transportOf(host)
		ctx, cancel := within(t.ctx, timeout)
		defer cancel()
		came, err := t.impl.Receive(ctx)
		if err != nil {
			return err
		}
		copy(view(buf, size), came.Data)
		d.len = C.size_t(len(came.Data)) // the library compares it with its buffer
		d.tag = C.uint64_t(came.Tag)
		d.id = came.ID.octets()
		switch came.Redelivered {
		case RedeliveredNo:
			d.is_redelivered = C.PWWB_NO
		case RedeliveredYes:
			d.is_redelivered = C.PWWB_YES
		}
		return nil
	})
}

//export goSettle
func goSettle(host C.uintptr_t, tag C.uint64_t, verdict C.int32_t, timeout C.int64_t,
	e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		t := transportOf(host)
		ctx, cancel := within(t.ctx, timeout)
		defer cancel()
		return t.impl.Settle(ctx, uint64(tag), Settle(verdict))
	})
}

//export goAddress
func goAddress(host C.uintptr_t) *C.char { return transportOf(host).address }

//export goPresence
func goPresence(host C.uintptr_t, agents *C.int32_t, e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		answer, err := transportOf(host).impl.(Presence).Presence()
		*agents = C.int32_t(answer)
		return err
	})
}

//export goHold
func goHold(host C.uintptr_t, tag C.uint64_t, e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error { return transportOf(host).impl.(Holder).Hold(uint64(tag)) })
}

// goDrop lets go of a host of any kind: the library has ended with it.
//
//export goDrop
func goDrop(host C.uintptr_t) {
	h := cgo.Handle(host)
	if t, is := h.Value().(*transportHost); is {
		C.free(unsafe.Pointer(t.address))
	}
	h.Delete()
}
