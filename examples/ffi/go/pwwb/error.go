// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <stdlib.h>
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"unsafe"
)

// Error says that a call failed. It unwraps to its Status:
//
//	errors.Is(err, pwwb.ErrTimeout)
//
// Returned by a callback it is what the caller of the library gets.
type Error struct {
	Status  Status
	Message string // one English sentence; never a secret
	Layer   Layer  // whose number Code is
	Code    int64  // the failing layer's own number; 0 = none
}

func (e *Error) Error() string {
	text := "pwwb: " + e.Status.String()
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Code != 0 {
		text += fmt.Sprintf(" (%d)", e.Code)
	}
	return text
}

// Unwrap gives the status, so that errors.Is finds it.
func (e *Error) Unwrap() error { return e.Status }

func (s Status) Error() string { return "pwwb: " + s.String() }

// String is the name in C, such as PWWB_E_TIMEOUT.
func (s Status) String() string { return C.GoString(C.pwwb_status_name(C.pwwb_status(s))) }

// Class is what one does about it.
func (s Status) Class() Class { return Class(C.pwwb_status_class(C.pwwb_status(s))) }

// call runs f with an object for its reason, and makes an error of both.
func call(f func(e *C.pwwb_error) C.pwwb_status) error {
	e := C.pwwb_error_new() // nil, when memory is out: no reason is given then
	defer C.pwwb_error_free(e)
	status := f(e)
	if status == C.PWWB_OK {
		return nil
	}
	return &Error{
		Status:  Status(status),
		Message: C.GoString(C.pwwb_error_message(e)),
		Layer:   Layer(C.pwwb_error_layer(e)),
		Code:    int64(C.pwwb_error_code(e)),
	}
}

// guard runs a callback. C has no place for a panic, so it becomes ErrCallback. Of what was thrown only
// the type is told: its text might quote a password.
func guard(e *C.pwwb_error, f func() error) (status C.pwwb_status) {
	ended := false
	defer func() {
		if !ended { // also after panic(nil)
			status = tell(e, ErrCallback, fmt.Sprintf("a Go callback panicked: %T", recover()))
		}
	}()
	err := f()
	status = tellError(e, err)
	ended = true
	return status
}

// tellError gives a callback's error to the library.
func tellError(e *C.pwwb_error, err error) C.pwwb_status {
	if err == nil {
		return C.PWWB_OK
	}
	status, message := statusOf(err)
	return tell(e, status, message)
}

// statusOf is what an error of the host's is to the library; 0 for none. A foreign one is told by its type
// alone.
func statusOf(err error) (Status, string) {
	var full *Error
	var status Status
	switch {
	case err == nil:
		return 0, ""
	case errors.As(err, &full) && full != nil:
		return full.Status, full.Message
	case errors.As(err, &status):
		return status, ""
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout, "the deadline came first"
	case errors.Is(err, context.Canceled):
		return ErrStopped, "the context was cancelled"
	}
	return ErrCallback, fmt.Sprintf("a Go callback failed: %T", err)
}

func tell(e *C.pwwb_error, status Status, message string) C.pwwb_status {
	if status == 0 { // an error that says OK is nonsense
		status = ErrCallback
	}
	if message == "" {
		return C.pwwb_error_set(e, C.pwwb_status(status), nil)
	}
	text := C.CString(message)
	defer C.free(unsafe.Pointer(text))
	return C.pwwb_error_set(e, C.pwwb_status(status), text)
}
