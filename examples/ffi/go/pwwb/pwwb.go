// SPDX-License-Identifier: Apache-2.0

// Package pwwb is libpwwb for Go: a portal, an agent, or both, with a transport and a directory that
// may be written in Go.
//
// Every handle has a Close, which may be called twice, early, or never: what is still used lives until
// that use is over, and the garbage collector closes what nobody holds. A handle that serves one
// goroutine at a time lets the others wait.
//
// A call that fails gives an *Error; errors.Is compares it with a Status such as ErrTimeout. What became
// of a password is not an error but a Result.
package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

// VersionNumber is of the library that is loaded: major * 10000 + minor * 100 + patch.
func VersionNumber() int { return int(C.pwwb_version_number()) }

// HasFeature says whether this build, on this machine, has a feature.
func HasFeature(f Feature) bool { return C.pwwb_has_feature(C.int32_t(f)) == 1 }
