// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

// Status is how a call went; it is an error of its own, to compare with.
type Status int32

// Every failure. What to do about one says its Class.
const (
	ErrInvalidArgument Status = C.PWWB_E_INVALID_ARGUMENT // an argument is missing or out of range
	ErrABI             Status = C.PWWB_E_ABI              // a struct or table is newer than this library
	ErrBufferTooSmall  Status = C.PWWB_E_BUFFER_TOO_SMALL // the need stands in ret_len
	ErrState           Status = C.PWWB_E_STATE            // not now: another call must come first
	ErrNotSupported    Status = C.PWWB_E_NOT_SUPPORTED    // not in this build, or not by this table
	ErrNoMemory        Status = C.PWWB_E_NO_MEMORY        // an allocation failed
	ErrSystem          Status = C.PWWB_E_SYSTEM           // the operating system refused; errno in the error
	ErrPermission      Status = C.PWWB_E_PERMISSION       // others may read or write what must be the owner's alone
	ErrNoSpace         Status = C.PWWB_E_NO_SPACE         // the disk or quota is full
	ErrReadOnly        Status = C.PWWB_E_READ_ONLY        // the folder or its file system cannot be written
	ErrChanged         Status = C.PWWB_E_CHANGED          // somebody else was first: load it again
	ErrMalformed       Status = C.PWWB_E_MALFORMED        // octets that are not what they should be
	ErrTooLarge        Status = C.PWWB_E_TOO_LARGE        // beyond a limit of the format
	ErrNotAuthentic    Status = C.PWWB_E_NOT_AUTHENTIC    // cannot be opened: wrong key or changed octets
	ErrKeyUnknown      Status = C.PWWB_E_KEY_UNKNOWN      // names a key that is not in the keyring
	ErrKeyHalf         Status = C.PWWB_E_KEY_HALF         // this half of the keyring cannot do that
	ErrCrypto          Status = C.PWWB_E_CRYPTO           // a cryptographic library failed
	ErrKeyInactive     Status = C.PWWB_E_KEY_INACTIVE     // no key is active: not enabled, not confirmed, or disabled
	ErrKeyUnavailable  Status = C.PWWB_E_KEY_UNAVAILABLE  // the host's own key cannot be used now: release, try later
	ErrExpired         Status = C.PWWB_E_EXPIRED          // its time is over
	ErrNotYet          Status = C.PWWB_E_NOT_YET          // issued in the future
	ErrWrongTenant     Status = C.PWWB_E_WRONG_TENANT     // another tenant or audience
	ErrReplayed        Status = C.PWWB_E_REPLAYED         // not newer than what came before
	ErrNotFound        Status = C.PWWB_E_NOT_FOUND        // nothing there by that name
	ErrTimeout         Status = C.PWWB_E_TIMEOUT          // the deadline came first
	ErrConnect         Status = C.PWWB_E_CONNECT          // no connection could be made
	ErrClosed          Status = C.PWWB_E_CLOSED           // the other side ended the connection
	ErrTLS             Status = C.PWWB_E_TLS              // the TLS handshake failed
	ErrTLSCA           Status = C.PWWB_E_TLS_CA           // the certificate is not signed by the given CA
	ErrTLSName         Status = C.PWWB_E_TLS_NAME         // the certificate is for another name
	ErrTLSExpired      Status = C.PWWB_E_TLS_EXPIRED      // the certificate is expired, or not yet valid
	ErrFull            Status = C.PWWB_E_FULL             // no room; try again later
	ErrNoAgent         Status = C.PWWB_E_NO_AGENT         // nobody listens at the other end
	ErrStopped         Status = C.PWWB_E_STOPPED          // a stop was asked for
	ErrDirectory       Status = C.PWWB_E_DIRECTORY        // the directory answered something unusable
	ErrAuth            Status = C.PWWB_E_AUTH             // the directory refused the service account
	ErrCallback        Status = C.PWWB_E_CALLBACK         // a callback failed or answered nonsense
)

// Class is what a caller can do about a failure.
type Class int32

// The classes.
const (
	ClassOK        Class = C.PWWB_CLASS_OK        // nothing to do
	ClassCaller    Class = C.PWWB_CLASS_CALLER    // mend the calling program
	ClassMachine   Class = C.PWWB_CLASS_MACHINE   // free memory, disk or descriptors
	ClassFormat    Class = C.PWWB_CLASS_FORMAT    // throw the octets away
	ClassCrypto    Class = C.PWWB_CLASS_CRYPTO    // look at the keys
	ClassPolicy    Class = C.PWWB_CLASS_POLICY    // ask again with a new message
	ClassAnchor    Class = C.PWWB_CLASS_ANCHOR    // look at the accounts and their links
	ClassTransport Class = C.PWWB_CLASS_TRANSPORT // try again later, look at the network
	ClassDirectory Class = C.PWWB_CLASS_DIRECTORY // look at the directory and the service account
	ClassCallback  Class = C.PWWB_CLASS_CALLBACK  // look at your own callback
)

// Layer is whose number Error.Code is.
type Layer int32

// The layers.
const (
	LayerPwwb    Layer = C.PWWB_LAYER_PWWB    // ours: no other code
	LayerErrno   Layer = C.PWWB_LAYER_ERRNO   // errno
	LayerMbedTLS Layer = C.PWWB_LAYER_MBEDTLS // an mbedTLS error code
	LayerLDAP    Layer = C.PWWB_LAYER_LDAP    // an LDAP result code
	LayerCaller  Layer = C.PWWB_LAYER_CALLER  // a callback's own status
)
