// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
#include "tables.h"
*/
import "C"

import (
	"context"
	"runtime"
	"runtime/cgo"
	"time"
	"unsafe"
)

// A Journal knows which requests were taken and what was answered. Agents of one process may share it.
type Journal struct{ h *handle }

// NewJournal makes one in memory, for so many requests. It forgets when the process ends.
func NewJournal(capacity int) (*Journal, error) {
	h, err := newHandle(false, func(p unsafe.Pointer) { C.pwwb_journal_free((*C.pwwb_journal)(p)) }, nil,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			var j *C.pwwb_journal
			status := C.pwwb_journal_new_memory(C.size_t(capacity), nil, nil, &j, e)
			return unsafe.Pointer(j), status
		})
	if err != nil {
		return nil, err
	}
	j := &Journal{h}
	runtime.SetFinalizer(j, (*Journal).Close)
	return j, nil
}

// Close gives the journal back.
func (j *Journal) Close() {
	if j != nil {
		j.h.close()
	}
}

func (j *Journal) handle() *handle {
	if j == nil {
		return nil
	}
	return j.h
}

// An Agent takes requests, writes them back, and answers. One goroutine at a time.
type Agent struct{ h *handle }

// AgentOptions are what an agent works with. It keeps them alive.
type AgentOptions struct {
	Keys      *Keyring  // the agent half; nil with an exchange
	Exchange  *Exchange // whose keys are followed
	Transport *TransportHandle
	Journal   *Journal
	// Directories by the names that anchor stores give; "" is the only one.
	Directories map[string]*DirectoryHandle
	Timeout     time.Duration // for one request; 0 = 30 s
	ID          ID            // names this process in heartbeats; zero = it sends none
	Heartbeat   time.Duration // between two, whole seconds up to 300; 0 = 300 s
	// Log hears what the agent says, on its goroutine.
	Log func(level LogLevel, room, message string)
}

// NewAgent makes one.
func NewAgent(options AgentOptions) (*Agent, error) {
	needs := []*handle{options.Keys.handle(), options.Exchange.handle(), options.Transport.handle(),
		options.Journal.handle()}
	for _, d := range options.Directories {
		needs = append(needs, d.handle())
	}
	var log cgo.Handle
	if options.Log != nil {
		log = cgo.NewHandle(options.Log)
	}
	h, err := newHandle(true, func(p unsafe.Pointer) { freeAgent((*C.pwwb_agent)(p), log) }, needs,
		func(e *C.pwwb_error) (unsafe.Pointer, C.pwwb_status) {
			agent, status := newAgent(&options, e)
			return unsafe.Pointer(agent), status
		})
	if err != nil {
		freeAgent(nil, log)
		return nil, err
	}
	if log != 0 {
		C.pwwb_go_set_log((*C.pwwb_agent)(h.ptr), C.uintptr_t(log))
	}
	a := &Agent{h}
	runtime.SetFinalizer(a, (*Agent).Close)
	return a, nil
}

func newAgent(options *AgentOptions, e *C.pwwb_error) (*C.pwwb_agent, C.pwwb_status) {
	o := C.pwwb_agent_options{
		size:        C.sizeof_pwwb_agent_options,
		keyring:     (*C.pwwb_keyring)(pointerOf(options.Keys.handle())),
		exchange:    (*C.pwwb_exchange)(pointerOf(options.Exchange.handle())),
		transport:   (*C.pwwb_transport)(pointerOf(options.Transport.handle())),
		journal:     (*C.pwwb_journal)(pointerOf(options.Journal.handle())),
		timeout_ms:  milliseconds(options.Timeout),
		agent_id:    options.ID.octets(),
		heartbeat_s: whole(options.Heartbeat, time.Second),
	}
	var agent *C.pwwb_agent
	status := C.pwwb_agent_new(&o, &agent, e)
	for name, directory := range options.Directories {
		if status != C.PWWB_OK {
			break
		}
		text := append([]byte(name), 0)
		status = C.pwwb_agent_add_directory(agent, (*C.char)(unsafe.Pointer(&text[0])),
			(*C.pwwb_directory)(pointerOf(directory.handle())), e)
	}
	if status != C.PWWB_OK {
		C.pwwb_agent_free(agent)
		return nil, status
	}
	return agent, status
}

func freeAgent(agent *C.pwwb_agent, log cgo.Handle) {
	C.pwwb_agent_free(agent)
	if log != 0 {
		log.Delete()
	}
}

// Run deals with messages until the context ends; the request at hand is finished first. It returns nil
// then, or why the transport is gone. Run it in a goroutine of its own. Meanwhile other calls that need
// the agent, or what it borrows and only one goroutine may use, are refused: ErrState. An agent that was
// stopped stays so.
func (a *Agent) Run(ctx context.Context) error {
	defer runtime.KeepAlive(a)
	return with(ctx, func() error {
		for _, t := range turnsOf([]*handle{a.h}) {
			t.running.Store(true)
		}
		agent := (*C.pwwb_agent)(a.h.ptr)
		done, watched := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(watched)
			select {
			case <-ctx.Done():
				C.pwwb_agent_stop(agent)
			case <-done:
			}
		}()
		err := call(func(e *C.pwwb_error) C.pwwb_status { return C.pwwb_agent_run(agent, e) })
		close(done)
		<-watched
		return err
	}, a.h)
}

// Step waits for one message, as long as the context lives, and deals with it.
func (a *Agent) Step(ctx context.Context) error {
	defer runtime.KeepAlive(a)
	return with(ctx, func() error {
		return call(func(e *C.pwwb_error) C.pwwb_status {
			return C.pwwb_agent_step((*C.pwwb_agent)(a.h.ptr), left(ctx), e)
		})
	}, a.h)
}

// Count is how often something happened; 0 while the agent runs.
func (a *Agent) Count(counter Counter) (n uint64) {
	defer runtime.KeepAlive(a)
	_ = a.h.do(func(p unsafe.Pointer, _ *C.pwwb_error) C.pwwb_status {
		n = uint64(C.pwwb_agent_count((*C.pwwb_agent)(p), C.int32_t(counter)))
		return C.PWWB_OK
	})
	return n
}

// Close gives the agent back: while it runs, once Run has returned.
func (a *Agent) Close() {
	if a != nil {
		a.h.close()
	}
}

//export goLog
func goLog(host C.uintptr_t, level C.int32_t, room, message *C.char) {
	defer func() { _ = recover() }() // a line of the log has nobody to tell
	hear := cgo.Handle(host).Value().(func(level LogLevel, room, message string))
	hear(LogLevel(level), C.GoString(room), C.GoString(message))
}
