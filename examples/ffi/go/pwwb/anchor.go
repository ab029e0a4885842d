// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import "unsafe"

// An ID is a GUID as the directory stores it, a tenant's id, or a request's id.
type ID [IDSize]byte

// ParseGUID reads dashed text into the directory's order of octets.
func ParseGUID(text string) (ID, error) {
	var id ID
	b := []byte(text + "\x00")
	err := call(func(e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_guid_parse((*C.char)(unsafe.Pointer(&b[0])), C.size_t(len(text)), id.c(), e)
	})
	return id, err
}

// String is the dashed text, in lower case.
func (id ID) String() string {
	var text [37]C.char
	C.pwwb_guid_print(id.c(), &text[0])
	return C.GoString(&text[0])
}

func (id *ID) c() *C.uint8_t { return (*C.uint8_t)(&id[0]) }

func idOf(octets [IDSize]C.uint8_t) ID { return *(*ID)(unsafe.Pointer(&octets)) }

func (id ID) octets() [IDSize]C.uint8_t { return *(*[IDSize]C.uint8_t)(unsafe.Pointer(&id)) }

// An Anchor is the immutable id by which an account is found.
type Anchor struct {
	Kind AnchorKind
	GUID ID
}

// ParseAnchor reads base64 of 16 octets, or `User_<guid>`.
func ParseAnchor(text string) (Anchor, error) {
	var a C.pwwb_anchor
	b := []byte(text + "\x00")
	err := call(func(e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_anchor_parse((*C.char)(unsafe.Pointer(&b[0])), C.size_t(len(text)), &a, e)
	})
	return anchorOf(&a), err
}

// String is the anchor's text; empty for no anchor.
func (a Anchor) String() string {
	var text [C.PWWB_ANCHOR_TEXT_SIZE]C.char
	var n C.size_t
	c := a.c()
	err := call(func(e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_anchor_print(&c, &text[0], C.size_t(len(text)), &n, e)
	})
	if err != nil {
		return ""
	}
	return C.GoStringN(&text[0], C.int(n))
}

func (a Anchor) c() C.pwwb_anchor {
	return C.pwwb_anchor{kind: C.int32_t(a.Kind), guid: a.GUID.octets()}
}

func anchorOf(a *C.pwwb_anchor) Anchor {
	return Anchor{Kind: AnchorKind(a.kind), GUID: idOf(a.guid)}
}

// textOf is the text in a field of C, up to its NUL or its end.
func textOf(field []C.char) string {
	for i, c := range field {
		if c == 0 {
			return C.GoStringN(&field[0], C.int(i))
		}
	}
	return C.GoStringN(&field[0], C.int(len(field)))
}

// putText fills a field of C. What does not fit is ErrTooLarge, not cut.
func putText(field []C.char, text string) error {
	if len(text) >= len(field) {
		return &Error{Status: ErrTooLarge, Message: "a text is longer than its field"}
	}
	for i := range field {
		field[i] = 0
	}
	for i := 0; i < len(text); i++ {
		if text[i] == 0 {
			return &Error{Status: ErrMalformed, Message: "a text with NUL"}
		}
		field[i] = C.char(text[i])
	}
	return nil
}
