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

// A Heartbeat is an agent's sign of life.
type Heartbeat struct {
	AgentID       ID
	BootID        ID
	Sequence      uint64
	Time          time.Time
	Health        Health
	KeyAge        time.Duration
	Counters      []uint64 // by Counter; the first is 0
	MinLength     int32    // of the weakest rules; -1 = not known
	Complexity    Answer
	HistoryLength int32
	RulesSource   PolicySource
	MinAgeS       int64
	MaxAgeS       int64
	Version       int // of the agent's library
	Directories   int
	DirectoriesUp int
}

// OpenHeartbeat opens one, of an agent that was not heard before.
func (k *Keyring) OpenHeartbeat(sealed []byte, now time.Time, skew time.Duration) (Heartbeat, error) {
	defer runtime.KeepAlive(k)
	c := C.pwwb_heartbeat{size: C.sizeof_pwwb_heartbeat}
	p, n := octetsOf(sealed)
	err := k.h.do(func(h unsafe.Pointer, e *C.pwwb_error) C.pwwb_status {
		return C.pwwb_heartbeat_open((*C.pwwb_keyring)(h), p, n, nil, 0, C.int64_t(now.Unix()),
			C.int64_t(skew/time.Second), &c, e)
	})
	if err != nil {
		return Heartbeat{}, err
	}
	b := Heartbeat{
		AgentID: idOf(c.agent_id), BootID: idOf(c.boot_id), Sequence: uint64(c.sequence),
		Time: time.UnixMilli(int64(c.time_ms)), Health: Health(c.health),
		KeyAge: time.Duration(c.key_age_s) * time.Second, MinLength: int32(c.min_length),
		Complexity: Answer(c.complexity), HistoryLength: int32(c.history_length),
		RulesSource: PolicySource(c.rules_source), MinAgeS: int64(c.min_age_s), MaxAgeS: int64(c.max_age_s),
		Version: int(c.version), Directories: int(c.directories), DirectoriesUp: int(c.directories_up),
	}
	for _, count := range c.counters {
		b.Counters = append(b.Counters, uint64(count))
	}
	return b, nil
}
