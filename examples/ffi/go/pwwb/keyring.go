// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

// A Keyring is the keys of one tenant: a snapshot that never changes, for any number of goroutines.
type Keyring struct{ h *handle }

// KeyringInfo is what may be known of a keyring. Ages and counts, never keys.
type KeyringInfo struct {
	Tenant      ID
	Half        Half
	State       TenantState
	Order       ExchangeKind // the exchange under way; 0 = none
	HasTicket   bool
	Generation  uint64 // of the newest epoch there ever was
	Version     uint64 // how often the store was written
	Fingerprint string // for people to compare; "" = no identity
	Epochs      []EpochInfo
}

// EpochInfo is what may be known of an epoch.
type EpochInfo struct {
	Generation uint64
	State      EpochState
	Suite      Suite
	Created    time.Time
	Since      time.Time
	IsHostKey  bool
	Slot       int
}

func newKeyring(create func(k **C.pwwb_keyring, e *C.pwwb_error) C.pwwb_status) (*Keyring, error) {
	h, err := newHandle(false, func(p unsafe.Pointer) { C.pwwb_keyring_free((*C.pwwb_keyring)(p)) }, nil,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var k *C.pwwb_keyring
			status := create(&k, e)
			return unsafe.Pointer(k), status
		})
	if err != nil {
		return nil, err
	}
	k := &Keyring{h}
	runtime.SetFinalizer(k, (*Keyring).Close)
	return k, nil
}

// NewKeyring makes new keys: the agent half. Mostly an Exchange does it.
func NewKeyring(tenant ID, suite Suite) (*Keyring, error) {
	return newKeyring(func(k **C.pwwb_keyring, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_keyring_new(tenant.c(), C.int32_t(suite), k, e)
	})
}

// OpenKeyring opens what Seal made.
func OpenKeyring(sealed []byte, lock Lock, secret *Secret) (k *Keyring, err error) {
	p, n := octetsOf(sealed)
	err = secret.With(func(octets []byte) error {
		s, size := octetsOf(octets)
		k, err = newKeyring(func(k **C.pwwb_keyring, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_keyring_open(p, n, C.int32_t(lock), s, size, k, e)
		})
		return err
	})
	return k, err
}

// Seal seals one half into octets.
func (k *Keyring) Seal(half Half, lock Lock, secret *Secret) ([]byte, error) {
	var n C.size_t
	buf := make([]byte, KeyringMax)
	p, size := octetsOf(buf)
	err := secret.With(func(octets []byte) error {
		s, length := octetsOf(octets)
		return k.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_keyring_seal((*C.pwwb_keyring)(h), C.int32_t(half), C.int32_t(lock), s, length,
				p, size, &n, e)
		})
	})
	runtime.KeepAlive(k)
	if err != nil {
		return nil, err
	}
	return buf[:n], nil
}

// Info tells what may be known of the keys.
func (k *Keyring) Info() (KeyringInfo, error) {
	c := C.pwwb_keyring_info{size: C.sizeof_pwwb_keyring_info}
	var epochs []EpochInfo
	err := k.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		status := C.pwwb_keyring_describe((*C.pwwb_keyring)(h), &c, e)
		for i := C.size_t(0); status == C.PWWB_OK && i < c.epoch_count; i++ {
			epoch := C.pwwb_epoch_info{size: C.sizeof_pwwb_epoch_info}
			status = C.pwwb_keyring_describe_epoch((*C.pwwb_keyring)(h), i, &epoch, e)
			epochs = append(epochs, epochOf(&epoch))
		}
		return status
	})
	runtime.KeepAlive(k)
	if err != nil {
		return KeyringInfo{}, err
	}
	return KeyringInfo{
		Tenant: idOf(c.tenant), Half: Half(c.half), State: TenantState(c.state),
		Order: ExchangeKind(c.order), HasTicket: c.has_ticket == 1, Generation: uint64(c.generation),
		Version: uint64(c.version), Fingerprint: textOf(c.fingerprint[:]), Epochs: epochs,
	}, nil
}

func epochOf(c *C.pwwb_epoch_info) EpochInfo {
	return EpochInfo{
		Generation: uint64(c.generation), State: EpochState(c.state), Suite: Suite(c.suite),
		Created: timeOfSeconds(c.created_s), Since: timeOfSeconds(c.since_s),
		IsHostKey: c.is_host_key == 1, Slot: int(c.slot),
	}
}

// Close gives the keys back; the last user's Close wipes them.
func (k *Keyring) Close() {
	if k != nil {
		k.h.close()
	}
}

func (k *Keyring) handle() *handle {
	if k == nil {
		return nil
	}
	return k.h
}
