// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"

// Each changes one expected value, and the runner must complain; unchanged it must not.
var changesOfOne = []struct {
	what   string
	change func(v *vectors)
	run    func(v *vectors) problems
}{
	{"an epoch's time", func(v *vectors) { v.keyrings.Keyrings[1].Keyring.Epochs[0].Since++ }, opens},
	{"a fingerprint", func(v *vectors) { v.exchange.Fingerprints[0].Text += "0" }, opens},
	{"a claim", func(v *vectors) { v.messages.Requests[1].Claims.Exp++ }, opens},
	{"a password", func(v *vectors) { v.messages.Requests[2].Password += "€" }, opens},
	{"a finding", func(v *vectors) { v.messages.Replies[1].Findings[2][2]++ }, opens},
	{"a heartbeat's count", func(v *vectors) { v.messages.Heartbeats[0].Counters[3]++ }, opens},
	{"an order's kind", func(v *vectors) { v.exchange.Orders[2].Kind++ }, opens},
	{"a ticket", func(v *vectors) { v.exchange.Tickets[0].Text += "A" }, opens},
	{"a status", func(v *vectors) { v.answers.Rows[5].Status = "PWWB_E_EXPIRED_NOT" }, refuses},
	{"one that is not refused", func(v *vectors) {
		r := &v.refused.Refused[0]
		r.Message, r.Now = v.messages.Requests[0].Outer.Message, now
	}, refuses},
	{"a verdict", func(v *vectors) { v.complexity.Cases[0].Precheck.Windows = "pass" }, policy},
	{"a violation", func(v *vectors) { v.complexity.Cases[0].Windows.Violations = []string{"too_long"} }, policy},
	{"a constant", func(*vectors) { constants["PWWB_E_TIMEOUT"] = int64(pwwb.ErrClosed) }, func(*vectors) problems {
		defer func() { constants["PWWB_E_TIMEOUT"] = int64(pwwb.ErrTimeout) }()
		return layout()
	}},
	{"a struct", func(*vectors) { structs["pwwb_set"] = struct{ size uint64 }{} }, func(*vectors) problems {
		was := structs["pwwb_set_result"]
		defer func() { structs["pwwb_set"] = was }()
		return layout()
	}},
}

func control() problems {
	var wrong problems
	v := readVectors()
	v.keyrings.Keyrings = v.keyrings.Keyrings[:2]
	wrong = append(wrong, opens(v)...)
	for _, c := range changesOfOne {
		v := readVectors()
		v.keyrings.Keyrings = v.keyrings.Keyrings[:2] // a passphrase takes a second
		c.change(v)
		if found := c.run(v); len(found) == 0 {
			wrong.add("%s that is changed is not found", c.what)
		}
	}
	return wrong
}
