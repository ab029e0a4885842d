// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include "tables.h"
*/
import "C"

import (
	"context"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// A Directory is where passwords live. The library calls it on the goroutine that called the library, one
// call at a time; its errors are told as a Transport's are.
type Directory interface {
	// Read fills what is known of an account and of the rules in force for it; both come as "nothing
	// known". ErrNotFound when there is no such account.
	Read(ctx context.Context, guid ID, account *Account, rules *Rules) error
	// Set does one operation, all in one step. A refusal is a code and not an error. Of errors only
	// ErrConnect, ErrTLS and its kind, ErrAuth, ErrNotSupported and ErrNoMemory promise that nothing was
	// sent; after any other, and after a panic, the outcome is unknown.
	Set(ctx context.Context, operation *Set) (SetResult, error)
}

// A Finder is a Directory that finds accounts by their source anchors: one without an anchor store.
type Finder interface {
	Find(ctx context.Context, anchor Anchor) (Found, error)
}

// A Summarizer is a Directory that tells the weakest rules that may hold for anybody.
type Summarizer interface {
	Summary(ctx context.Context, rules *Rules) error
}

// A Set is one password operation. Its passwords are the library's own locked octets: they are there
// until the method returns, and must not be kept or turned into strings.
type Set struct {
	GUID       ID
	Kind       SetKind
	MustChange MustChange
	Unlock     bool
	Password   []byte // nil to unlock only
	Old        []byte // for a change; else nil
}

// A SetResult is what became of it.
type SetResult struct {
	Code              Code
	PasswordLastSetMS int64 // read back afterwards; 0 or -1 = not known
	Findings          []Finding
	Controller        string
}

// Found is where an anchor leads. Without a code it is CodeOK when there is one candidate.
type Found struct {
	Code       Code
	Candidates int
	GUID       ID
	Directory  string
}

// A DirectoryHandle is a directory as the library uses it. One goroutine at a time.
type DirectoryHandle struct{ h *handle }

// NewDirectory takes a directory that is written in Go.
func NewDirectory(impl Directory) (*DirectoryHandle, error) {
	_, hasFind := impl.(Finder)
	_, hasSummary := impl.(Summarizer)
	host := cgo.NewHandle(impl)
	h, err := newHandle(true, func(p unsafe.Pointer) { C.pwwb_directory_free((*C.pwwb_directory)(p)) }, nil,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var d *C.pwwb_directory
			status := C.pwwb_go_directory(C.uintptr_t(host), truth(hasFind), truth(hasSummary), &d, e)
			return unsafe.Pointer(d), status
		})
	if err != nil {
		goDrop(C.uintptr_t(host))
		return nil, err
	}
	d := &DirectoryHandle{h}
	runtime.SetFinalizer(d, (*DirectoryHandle).Close)
	return d, nil
}

// Close gives the directory back.
func (d *DirectoryHandle) Close() {
	if d != nil {
		d.h.close()
	}
}

func (d *DirectoryHandle) handle() *handle {
	if d == nil {
		return nil
	}
	return d.h
}

func directoryOf(host C.uintptr_t) Directory { return cgo.Handle(host).Value().(Directory) }

//export goFind
func goFind(host C.uintptr_t, anchor *C.pwwb_anchor, timeout C.int64_t, found *C.pwwb_found,
	e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		ctx, cancel := within(context.Background(), timeout)
		defer cancel()
		where, err := directoryOf(host).(Finder).Find(ctx, anchorOf(anchor))
		if err != nil {
			return err
		}
		if where.Code == 0 && where.Candidates == 1 {
			where.Code = CodeOK
		}
		found.code = C.int32_t(where.Code)
		found.candidates = C.int32_t(where.Candidates)
		found.guid = where.GUID.octets()
		return putText(found.directory[:], where.Directory)
	})
}

//export goRead
func goRead(host C.uintptr_t, guid *C.uint8_t, timeout C.int64_t, account *C.pwwb_account,
	rules *C.pwwb_policy_rules, e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		ctx, cancel := within(context.Background(), timeout)
		defer cancel()
		var id ID
		copy(id[:], view(guid, IDSize))
		a, r := accountOf(account), rulesOf(rules)
		if err := directoryOf(host).Read(ctx, id, &a, &r); err != nil {
			return err
		}
		if err := a.put(account); err != nil {
			return err
		}
		return r.put(rules)
	})
}

//export goSet
func goSet(host C.uintptr_t, set *C.pwwb_set, timeout C.int64_t, result *C.pwwb_set_result,
	e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		ctx, cancel := within(context.Background(), timeout)
		defer cancel()
		done, err := directoryOf(host).Set(ctx, &Set{
			GUID: idOf(set.guid), Kind: SetKind(set.kind), MustChange: MustChange(set.must_change),
			Unlock: set.unlock == 1, Password: view(set.password, set.password_len),
			Old: view(set.old_password, set.old_password_len),
		})
		if err != nil {
			return err
		}
		result.code = C.int32_t(done.Code)
		result.password_last_set_ms = C.int64_t(done.PasswordLastSetMS)
		if done.PasswordLastSetMS == 0 {
			result.password_last_set_ms = -1
		}
		if err := putFindings(result.findings, done.Findings); err != nil {
			return err
		}
		return putText(result.controller[:], done.Controller)
	})
}

//export goSummary
func goSummary(host C.uintptr_t, timeout C.int64_t, rules *C.pwwb_policy_rules, e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		ctx, cancel := within(context.Background(), timeout)
		defer cancel()
		r := rulesOf(rules)
		if err := directoryOf(host).(Summarizer).Summary(ctx, &r); err != nil {
			return err
		}
		return r.put(rules)
	})
}
