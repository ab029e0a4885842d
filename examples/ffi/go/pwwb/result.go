// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"time"
)

// A Finding is one thing that is wrong with a password, or a warning.
type Finding struct {
	Code   Code
	Basis  Basis
	Limit  int64 // by code, see pwwb_findings_get()
	Actual int64
}

// A Result says what became of a password.
type Result struct {
	Outcome    Outcome
	Code       Code
	Findings   []Finding
	Controller string    // the server that was used
	Time       time.Time // when the agent answered
}

// Codes is every code there is.
func Codes() []Code {
	var codes []Code
	for i := C.size_t(0); C.pwwb_code_at(i) != 0; i++ {
		codes = append(codes, Code(C.pwwb_code_at(i)))
	}
	return codes
}

// String is the name, POLICY_TOO_SHORT.
func (c Code) String() string { return C.GoString(C.pwwb_code_name(C.int32_t(c))) }

// Class is what one does about it.
func (c Code) Class() CodeClass { return CodeClass(C.pwwb_code_class(C.int32_t(c))) }

// Outcome is what the code alone says of the password.
func (c Code) Outcome() Outcome { return Outcome(C.pwwb_code_outcome(C.int32_t(c))) }

// UserText is for the person who typed the password.
func (c Code) UserText() string { return C.GoString(C.pwwb_code_user_text(C.int32_t(c))) }

// OperatorText is for whoever runs the agent.
func (c Code) OperatorText() string { return C.GoString(C.pwwb_code_operator_text(C.int32_t(c))) }

// Alias is what Microsoft's documentation calls it; "" where it has no name for it.
func (c Code) Alias() string { return C.GoString(C.pwwb_code_alias(C.int32_t(c))) }

// String is the outcome in words.
func (o Outcome) String() string { return C.GoString(C.pwwb_outcome_name(C.int32_t(o))) }

func findingsOf(list *C.pwwb_findings) []Finding {
	var all []Finding
	for i := C.size_t(0); i < C.pwwb_findings_count(list); i++ {
		var code, basis C.int32_t
		var limit, actual C.int64_t
		if C.pwwb_findings_get(list, i, &code, &basis, &limit, &actual) == C.PWWB_OK {
			all = append(all, Finding{Code(code), Basis(basis), int64(limit), int64(actual)})
		}
	}
	return all
}

func putFindings(list *C.pwwb_findings, all []Finding) error {
	for _, f := range all {
		status := C.pwwb_findings_add(list, C.int32_t(f.Code), C.int32_t(f.Basis), C.int64_t(f.Limit),
			C.int64_t(f.Actual))
		if status != C.PWWB_OK {
			return &Error{Status: Status(status), Message: "a finding cannot be added"}
		}
	}
	return nil
}

func resultOf(r *C.pwwb_reply) Result {
	result := Result{
		Outcome:    Outcome(C.pwwb_reply_outcome(r)),
		Code:       Code(C.pwwb_reply_code(r)),
		Findings:   findingsOf(C.pwwb_reply_findings(r)),
		Controller: C.GoString(C.pwwb_reply_controller(r)),
	}
	if ms := int64(C.pwwb_reply_time_ms(r)); ms != 0 {
		result.Time = time.UnixMilli(ms)
	}
	return result
}

// withReply lends f a reply object, and gives what it says afterwards.
func withReply(f func(r *C.pwwb_reply) error) (Result, error) {
	var r *C.pwwb_reply
	err := call(func(e *C.pwwb_error) C.pwwb_status { return C.pwwb_reply_new(&r, e) })
	if err != nil {
		return Result{Outcome: OutcomeNotSet, Code: CodeInternal}, err
	}
	defer C.pwwb_reply_free(r)
	err = f(r)
	return resultOf(r), err
}
