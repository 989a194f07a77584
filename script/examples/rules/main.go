// Copyright 2026 The duplex authors. MIT license.

// Rules runs a script inside of a Go program. The script gets a module that the program
// has made for it, and only those resources of the machine that it is granted.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/duplex-go/duplex/script"
)

//go:embed rules.js
var rules string

var values = map[string]string{"answer": "goodbye!!!"}

func main() {
	code, err := run(context.Background())
	if err != nil {
		fmt.Println(err)
	}
	os.Exit(code)
}

func run(ctx context.Context) (code int, err error) {
	r := &script.Runtime{
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Network: func(op, network, address string) error {
			if op == "listen" && strings.HasPrefix(address, "127.0.0.1:") {
				return nil
			}
			return errors.New("not allowed")
		},
		Modules: map[string]func(*goja.Runtime, *goja.Object){
			"store": func(vm *goja.Runtime, exports *goja.Object) {
				exports.Set("get", func(key string) string { return values[key] })
			},
		},
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return r.RunString(ctx, "rules.js", rules)
}
