// SPDX-License-Identifier: Apache-2.0

//go:build pwwb_tree

package pwwb

// #cgo LDFLAGS: -lpwwb
import "C"
