// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"runtime"
	"sync"
	"syscall"
)

// A Secret is a password, a key or a ticket in locked pages of its own, where no garbage collector copies
// it. Close wipes it.
type Secret struct {
	mu   sync.Mutex
	page []byte
	size int
}

// NewSecret moves octets into a Secret: the slice itself is wiped.
func NewSecret(octets []byte) (*Secret, error) {
	defer Wipe(octets)
	s, err := newSecret(len(octets))
	if err == nil {
		copy(s.page, octets)
	}
	return s, err
}

// newSecret makes one with room for so many octets, all zero.
func newSecret(size int) (*Secret, error) {
	page, err := syscall.Mmap(-1, 0, size+1, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, &Error{Status: ErrNoMemory, Message: "no page for a secret"}
	}
	// Where locking is not allowed it is wiped all the same; see FeatureMemLock.
	_ = syscall.Mlock(page)
	const dontDump = 16 // MADV_DONTDUMP of Linux, which package syscall does not have
	_ = syscall.Madvise(page, dontDump)
	s := &Secret{page: page, size: size}
	runtime.SetFinalizer(s, (*Secret).Close)
	return s, nil
}

// Close wipes the secret and gives its pages back.
func (s *Secret) Close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.page == nil {
		return
	}
	Wipe(s.page)
	_ = syscall.Munmap(s.page)
	s.page = nil
	s.size = 0
	runtime.SetFinalizer(s, nil)
}

// With runs f with the octets, which are f's until it returns. Of a nil or closed secret there are none.
func (s *Secret) With(f func(octets []byte) error) error {
	if s == nil {
		return f(nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.page == nil {
		return errClosed
	}
	err := f(s.page[:s.size:s.size])
	runtime.KeepAlive(s)
	return err
}

// Wipe fills octets with zeros.
func Wipe(octets []byte) {
	for i := range octets {
		octets[i] = 0
	}
	runtime.KeepAlive(octets)
}

// octetsOf is what C takes: NULL for none. Of a slice that is there but empty it is not NULL.
func octetsOf(b []byte) (*C.uint8_t, C.size_t) {
	if b == nil {
		return nil, 0
	}
	if cap(b) == 0 {
		b = make([]byte, 0, 1)
	}
	return (*C.uint8_t)(&b[:1][0]), C.size_t(len(b))
}
