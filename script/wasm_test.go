// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/duplex-go/duplex/script"
)

// assembler is assemble.js for a script that reads no files.
func assembler(t *testing.T) string {
	helper, err := os.ReadFile(filepath.Join("testdata", "scripts", "assemble.js"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(helper), "exports.", "globalThis.")
}

// TestScriptsOfOneProcessHaveWebAssemblyOfTheirOwn plays a script in several Runtimes at
// once: its modules are compiled on goroutines, its memory moves, and a table has its
// functions.
func TestScriptsOfOneProcessHaveWebAssemblyOfTheirOwn(t *testing.T) {
	source := assembler(t) + `
		const m = {
			types: [[['i32'], ['i32']], [[], ['i32']]],
			imports: [['env', 'twice', 'function', 0]],
			functions: [[0, 0x20, 0, 0x10, 0, 0x40, 0], [1, 0x23, 0]],
			tables: [['funcref', [2]]],
			memories: [[1, 5]],
			globals: [['i32', true, 0x41, 7]],
			exports: [['grow', 'function', 1], ['get', 'function', 2], ['memory', 'memory', 0], ['table', 'table', 0], ['g', 'global', 0]],
			elements: [[0, 0, 1]],
		};
		(async () => {
			for (let i = 0; i < 5; i++) {
				const { instance } = await WebAssembly.instantiate(assemble(m), { env: { twice: (n) => 2 * n } });
				const { grow, get, memory, table, g } = instance.exports;
				new Uint8Array(memory.buffer)[9] = i;
				grow(1);
				g.value = i;
				console.log(memory.buffer.byteLength, new Uint8Array(memory.buffer)[9], get(), table.get(1) === grow, table.get(0)(21));
			}
		})();
	`
	const want = "196608 0 0 true 42\n196608 1 1 true 42\n196608 2 2 true 42\n196608 3 3 true 42\n196608 4 4 true 42\n"
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if got := play(t, &script.Runtime{}, source); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
	all.Wait()
}

// TestAScriptMayEndWhileModulesAreCompiled ends scripts at different moments of what
// other goroutines compile for them.
func TestAScriptMayEndWhileModulesAreCompiled(t *testing.T) {
	source := assembler(t) + `
		const code = [];
		for (let i = 0; i < 300; i++) code.push(0x41, 1, 0x1a);
		for (let i = 0; i < 30; i++) {
			const functions = [[0, [[i + 1, 'i32']], ...code]];
			WebAssembly.compile(assemble({ types: [[[], []]], functions }));
		}
	`
	for _, end := range []string{"process.exit()", "setImmediate(() => process.exit())", "setTimeout(() => process.exit(), 1)", "throw 1"} {
		play(t, &script.Runtime{}, source+end)
	}
}
