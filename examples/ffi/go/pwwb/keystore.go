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
	"unsafe"
)

// A KeyStorage keeps one half of a tenant's keys, sealed: a database, say. Its errors are told as a
// Transport's are.
type KeyStorage interface {
	// Load gives what was stored last and its version. ErrNotFound when nothing ever was.
	Load() (sealed []byte, version uint64, err error)
	// Swap stores, atomically and durably, if the version still is `expected`; it then is one more.
	// ErrChanged when it is another.
	Swap(expected uint64, sealed []byte) error
}

// A KeyStore is such a storage as the library uses it. One goroutine at a time.
type KeyStore struct{ h *handle }

// NewKeyStore takes a storage that is written in Go. The secret seals what is stored.
func NewKeyStore(impl KeyStorage, lock Lock, secret *Secret) (*KeyStore, error) {
	host := cgo.NewHandle(impl)
	s, err := newKeyStore(lock, secret,
		func(o *C.pwwb_keystore_options, s **C.pwwb_keystore, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_go_keystore(C.uintptr_t(host), o, s, e)
		})
	if err != nil {
		goDrop(C.uintptr_t(host))
	}
	return s, err
}

// NewFileKeyStore keeps the keys in one file, shared by the processes of one machine.
func NewFileKeyStore(path string, lock Lock, secret *Secret) (*KeyStore, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	return newKeyStore(lock, secret,
		func(o *C.pwwb_keystore_options, s **C.pwwb_keystore, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_keystore_new_file(name, o, s, e)
		})
}

func newKeyStore(lock Lock, secret *Secret,
	create func(o *C.pwwb_keystore_options, s **C.pwwb_keystore, e *C.pwwb_error) C.pwwb_status) (*KeyStore, error) {
	var h *handle
	err := secret.With(func(octets []byte) (err error) {
		o := C.pwwb_keystore_options{size: C.sizeof_pwwb_keystore_options, lock: C.int32_t(lock)}
		o.secret, o.secret_len = octetsOf(octets) // in pages of its own: no pointer of Go's in the struct
		h, err = newHandle(true, func(p unsafe.Pointer) { C.pwwb_keystore_free((*C.pwwb_keystore)(p)) }, nil,
			func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
				var s *C.pwwb_keystore
				status := create(&o, &s, e)
				return unsafe.Pointer(s), status
			})
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &KeyStore{h}
	runtime.SetFinalizer(s, (*KeyStore).Close)
	return s, nil
}

// Load gives the keys as they are now.
func (s *KeyStore) Load() (k *Keyring, err error) {
	defer runtime.KeepAlive(s)
	err = with(context.Background(), func() error {
		k, err = newKeyring(func(k **C.pwwb_keyring, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_keystore_load((*C.pwwb_keystore)(s.h.ptr), k, e)
		})
		return err
	}, s.h)
	return k, err
}

// Put stores one half, in place of the version that the keyring was loaded as.
func (s *KeyStore) Put(keys *Keyring, half Half) error {
	defer runtime.KeepAlive(s)
	defer runtime.KeepAlive(keys)
	return with(context.Background(), func() error {
		return call(func(e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_keystore_put((*C.pwwb_keystore)(s.h.ptr), (*C.pwwb_keyring)(keys.h.ptr), C.int32_t(half), e)
		})
	}, s.h, keys.handle())
}

// Close gives the store back; keys that came from it live on.
func (s *KeyStore) Close() {
	if s != nil {
		s.h.close()
	}
}

func (s *KeyStore) handle() *handle {
	if s == nil {
		return nil
	}
	return s.h
}

func storageOf(host C.uintptr_t) KeyStorage { return cgo.Handle(host).Value().(KeyStorage) }

//export goLoad
func goLoad(host C.uintptr_t, buf *C.uint8_t, size C.size_t, n *C.size_t, version *C.uint64_t,
	e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		sealed, v, err := storageOf(host).Load()
		if err != nil {
			return err
		}
		copy(view(buf, size), sealed)
		*n = C.size_t(len(sealed)) // the library compares it with its buffer
		*version = C.uint64_t(v)
		return nil
	})
}

//export goSwap
func goSwap(host C.uintptr_t, expected C.uint64_t, data *C.uint8_t, n C.size_t, e *C.pwwb_error) C.pwwb_status {
	return guard(e, func() error {
		return storageOf(host).Swap(uint64(expected), C.GoBytes(unsafe.Pointer(data), C.int(n)))
	})
}
