// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"github.com/libpwwb/libpwwb/examples/ffi/go/memory"
	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

// What is looked for is kept in another form, so that looking does not find itself.
const veil = 0xa5

func veiled(seed byte) []byte {
	b := []byte("Xorrect-Horse-of-a-Go-test-")
	for i := range b {
		b[i] ^= veil ^ seed&1
	}
	return b
}

func plain(v []byte) []byte {
	b := make([]byte, len(v))
	for i := range b {
		b[i] = v[i] ^ veil
	}
	return b
}

// A scanner reads the process's own memory, through a page that is not read itself.
type scanner struct {
	page []byte
	file *os.File
}

func newScanner() *scanner {
	page := must(syscall.Mmap(-1, 0, 1<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON))
	return &scanner{page, must(os.Open("/proc/self/mem"))}
}

func (s *scanner) close() {
	_ = syscall.Munmap(s.page)
	_ = s.file.Close()
}

// count says how often it stands in what can be written.
func (s *scanner) count(what []byte) (n int) {
	maps := must(os.Open("/proc/self/maps"))
	defer maps.Close()
	own := uintptr(unsafe.Pointer(&s.page[0]))
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var from, to uintptr
		var rights string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &rights); err != nil || !strings.HasPrefix(rights, "rw") {
			continue
		}
		n += s.countIn(from, to, own, what)
	}
	return n
}

func (s *scanner) countIn(from, to, own uintptr, what []byte) (n int) {
	for at := from; at < to; {
		size := to - at
		if at < own && own < at+size {
			size = own - at
		}
		if at == own {
			at += uintptr(len(s.page))
			continue
		}
		if size > uintptr(len(s.page)) {
			size = uintptr(len(s.page))
		}
		got, err := s.file.ReadAt(s.page[:size], int64(at))
		if err != nil && got == 0 {
			return n // guarded, or gone
		}
		n += occurrences(s.page[:got], what)
		for i := range s.page[:got] {
			s.page[i] = 0
		}
		if end := at + size; end < to && end != own { // one that lies across two pieces
			size -= uintptr(len(what) - 1)
		}
		at += size
	}
	return n
}

func occurrences(in, what []byte) (n int) {
	for {
		i := bytes.IndexByte(in, what[0]^veil)
		if i < 0 || i+len(what) > len(in) {
			return n
		}
		same := true
		for k := range what {
			same = same && in[i+k] == what[k]^veil
		}
		if same {
			n++
		}
		in = in[i+1:]
	}
}

// A silent directory takes every password and keeps none; meanwhile it is looked for.
type silent struct {
	*memory.Directory
	look   func() int
	during int
}

func (d *silent) Set(_ context.Context, set *pwwb.Set) (pwwb.SetResult, error) {
	d.during = d.look()
	return pwwb.SetResult{Code: pwwb.CodeOK}, nil
}

func secrets() problems {
	var wrong problems
	s := newScanner()
	defer s.close()
	what := veiled(0)

	typed := plain(what)
	wrong.want("in a slice", true, s.count(what) > 0)
	secret := must(pwwb.NewSecret(typed))
	wrong.want("the slice that was given", make([]byte, len(typed)), typed)
	wrong.want("in a Secret", 1, s.count(what))

	w := newWorld()
	d := &silent{Directory: people(), look: func() int { return s.count(what) }}
	stop := w.start(d)
	a := w.asker("p")
	settled()
	result, err := a.portal.Call(context.Background(), a.link, claimsFor(anna, pwwb.OperationResetSelf),
		pwwb.Passwords{New: secret})
	wrong.ok("a reset", err)
	wrong.want("a reset", pwwb.CodeOK, result.Code)
	wrong.want("while the directory has it", true, d.during >= 2)
	wrong.want("after the call, in the Secret alone", 1, s.count(what))
	secret.Close()
	secret.Close()
	wrong.ok("the agent's end", stop())
	wrong.want("after Close", 0, s.count(what))
	wrong.want("used after Close", true, secret.With(func([]byte) error { return nil }) != nil)
	a.close()
	w.close()

	forgotten(&wrong, s, veiled(1))
	return wrong
}

// forgotten: nobody closes a Secret; the garbage collector does.
func forgotten(wrong *problems, s *scanner, what []byte) {
	made := make(chan int)
	go func() {
		secret := must(pwwb.NewSecret(plain(what)))
		made <- s.count(what)
		runtime.KeepAlive(secret)
		close(made)
	}()
	wrong.want("a Secret that is forgotten", 1, <-made)
	<-made
	for i := 0; i < 100 && s.count(what) > 0; i++ {
		runtime.GC()
	}
	wrong.want("once it is collected", 0, s.count(what))
}
