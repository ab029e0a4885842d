// SPDX-License-Identifier: Apache-2.0

//go:build !pwwb_tree

package pwwb

// With -tags pwwb_tree pkg-config is not asked, and CGO_CFLAGS and CGO_LDFLAGS say where the library is.

// #cgo pkg-config: pwwb
import "C"
