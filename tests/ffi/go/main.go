// SPDX-License-Identifier: Apache-2.0

// The binding for Go against tests/ffi/README.md, as TAP: ROOT LAYOUT, the project's folder and what
// tests/abi/layout.py said.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

var root, layoutFile string

// Problems are what a test has to complain of; none is green.
type problems []string

func (p *problems) add(format string, arguments ...any) {
	*p = append(*p, fmt.Sprintf(format, arguments...))
}

func (p *problems) want(what string, want, got any) {
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		p.add("%s: wanted %s, got %s", what, w, g)
	}
}

func (p *problems) ok(what string, err error) bool {
	if err != nil {
		p.add("%s: %v", what, err)
	}
	return err == nil
}

// readJSON reads a file below the project's folder.
func readJSON(name string, into any) {
	text, err := os.ReadFile(filepath.Join(root, name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, name, err)
		os.Exit(2)
	}
}

var tests = []struct {
	name string
	run  func() problems
}{
	{"layout: every struct and constant that is declared is the header's", layout},
	{"vectors: every message that opens, opens to what the file says", func() problems { return opens(readVectors()) }},
	{"vectors: every message that must be refused, is", func() problems { return refuses(readVectors()) }},
	{"policy: every case of complexity.json", func() problems { return policy(readVectors()) }},
	{"writeback: set, refused with every finding, unknown, not found", writeback},
	{"callback: what it throws is an error of the caller's, told as such", callbacks},
	{"lifetime: freed twice, freed early, collected while in use", lifetime},
	{"threads: four at once", threads},
	{"secrets: wiped when closed", secrets},
	{"control: one wrong expected value is found", control},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ROOT LAYOUT")
		os.Exit(2)
	}
	root, layoutFile = os.Args[1], os.Args[2]
	failed := 0
	fmt.Printf("1..%d\n", len(tests))
	for i, t := range tests {
		wrong := t.run()
		for _, w := range wrong {
			fmt.Println("#", w)
		}
		verdict := "ok"
		if len(wrong) > 0 {
			verdict = "not ok"
			failed++
		}
		fmt.Printf("%s %d - %s\n", verdict, i+1, t.name)
	}
	if failed > 0 {
		os.Exit(1)
	}
}
