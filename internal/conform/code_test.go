// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"encoding/json"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/nodetest"
)

// codesFile has the codes that Node was seen to have on Linux, by number.
const codesFile = "testdata/codes.json"

// codesOfNode answers with every code that Node knows here, by number. Of the names
// of one number, that of an Error's code counts, which is libuv's.
const codesOfNode = `
	const codes = {};
	for (const [name, number] of Object.entries(require('os').constants.errno)) {
		codes[number] ??= name;
	}
	for (const [number, [name]] of require('util').getSystemErrorMap()) {
		if (number > -1000) codes[-number] = name; // the others are no numbers of the system
	}
	return codes;`

func TestCodesAreNodes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT COMPARED: Node's numbers on Windows are libuv's own")
	}
	var codes map[syscall.Errno]string
	if runtime.GOOS == "linux" && nodetest.Path(t) == "" {
		t.Log("not compared with a living Node, only with what one once answered")
		data, err := os.ReadFile(codesFile)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &codes); err != nil {
			t.Fatal(err)
		}
	} else {
		codes = nodetest.Ask[string, map[syscall.Errno]string](t, codesOfNode, []string{""})[0]
	}
	if len(codes) < 70 {
		t.Fatalf("got %d codes, want all that Node has", len(codes))
	}
	for number, want := range codes {
		if number == syscall.EOPNOTSUPP {
			want = "EOPNOTSUPP" // libuv has no name but ENOTSUP for the number
		}
		if got := duplex.Code(number); got != want {
			t.Errorf("the code of %d (%v) is %q, in Node %s", int(number), number, got, want)
		}
	}
	if *update {
		data, err := json.MarshalIndent(codes, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(codesFile, append(data, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
