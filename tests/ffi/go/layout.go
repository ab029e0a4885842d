// SPDX-License-Identifier: Apache-2.0

package main

/*
#cgo pkg-config: pwwb
#include <pwwb/pwwb.h>
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
)

// The structs as cgo reads them; every one that the package names is among them.
var structs = map[string]any{
	"pwwb_account":          C.pwwb_account{},
	"pwwb_agent_options":    C.pwwb_agent_options{},
	"pwwb_anchor":           C.pwwb_anchor{},
	"pwwb_claims":           C.pwwb_claims{},
	"pwwb_clock_ops":        C.pwwb_clock_ops{},
	"pwwb_delivery":         C.pwwb_delivery{},
	"pwwb_directory_ops":    C.pwwb_directory_ops{},
	"pwwb_epoch_info":       C.pwwb_epoch_info{},
	"pwwb_exchange_event":   C.pwwb_exchange_event{},
	"pwwb_exchange_options": C.pwwb_exchange_options{},
	"pwwb_found":            C.pwwb_found{},
	"pwwb_heartbeat":        C.pwwb_heartbeat{},
	"pwwb_keyring_info":     C.pwwb_keyring_info{},
	"pwwb_keystore_ops":     C.pwwb_keystore_ops{},
	"pwwb_keystore_options": C.pwwb_keystore_options{},
	"pwwb_message":          C.pwwb_message{},
	"pwwb_policy_rules":     C.pwwb_policy_rules{},
	"pwwb_portal_options":   C.pwwb_portal_options{},
	"pwwb_set":              C.pwwb_set{},
	"pwwb_set_result":       C.pwwb_set_result{},
	"pwwb_ticket":           C.pwwb_ticket{},
	"pwwb_transport_ops":    C.pwwb_transport_ops{},
}

type layoutOf struct {
	Structs map[string]struct {
		Size   uintptr
		Fields map[string][2]uintptr
	}
	Constants map[string]int64
}

// Of these enums every value is a constant of the package.
var whole = regexp.MustCompile(`^PWWB_(E|CODE|OUTCOME|OPERATION|FROM|ACTOR|USER|VERDICT|SETTLE|COUNT|EXCHANGE)_`)

func layout() problems {
	var wrong problems
	var header layoutOf
	text, err := os.ReadFile(layoutFile)
	if err == nil {
		err = json.Unmarshal(text, &header)
	}
	if !wrong.ok(layoutFile, err) {
		return wrong
	}
	for name, value := range structs {
		compareStruct(&wrong, &header, name, reflect.TypeOf(value))
	}
	for name, value := range constants {
		wrong.want(name, header.Constants[name], value)
	}
	for name := range header.Constants {
		if _, is := constants[name]; !is && whole.MatchString(name) {
			wrong.add("%s is no constant of the package", name)
		}
	}
	namesInSources(&wrong, &header)
	return wrong
}

func compareStruct(wrong *problems, header *layoutOf, name string, t reflect.Type) {
	want := header.Structs[name]
	wrong.want("size of "+name, want.Size, t.Size())
	wrong.want("fields of "+name, len(want.Fields), named(t))
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		if f.Name == "_" { // padding
			continue
		}
		wrong.want(name+"."+f.Name, want.Fields[f.Name], [2]uintptr{f.Offset, f.Type.Size()})
	}
}

func named(t reflect.Type) (n int) {
	for i := 0; i < t.NumField(); i++ {
		if t.Field(i).Name != "_" {
			n++
		}
	}
	return n
}

// namesInSources looks at the package itself: whatever it names of C must be in the tables above.
func namesInSources(wrong *problems, header *layoutOf) {
	files, err := filepath.Glob(filepath.Join(root, "examples/ffi/go/pwwb/*.[gch]*"))
	if !wrong.ok("sources", err) || len(files) < 10 {
		wrong.add("%d sources of the package", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		wrong.ok(file, err)
		for _, name := range regexp.MustCompile(`\bpwwb_\w+`).FindAllString(string(text), -1) {
			name = strings.TrimPrefix(name, "sizeof_")
			if _, is := header.Structs[name]; is && structs[name] == nil {
				wrong.add("%s names %s, which is not compared", filepath.Base(file), name)
			}
		}
		if strings.HasSuffix(file, ".go") {
			constantsIn(wrong, file)
		}
	}
}

// constantsIn looks for exported constants that the table lacks.
func constantsIn(wrong *problems, file string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if !wrong.ok(file, err) {
		return
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || len(spec.Values) == 0 || !spec.Names[0].IsExported() {
			return true
		}
		if value, is := spec.Values[0].(*ast.SelectorExpr); is && fmt.Sprint(value.X) == "C" {
			name := value.Sel.Name
			if _, is := constants[name]; !is && !strings.HasPrefix(name, "PWWB_ADDRESS_") {
				wrong.add("%s is not compared", name)
			}
		}
		return true
	})
}
