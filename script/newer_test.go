// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script"
)

// The scripts of testdata/newer use what Node's net has gained after v20, which is the
// node to compare with. So what each has to say is written beside it, as Node's
// documentation of v26.8 has it.
func TestNetHasWhatNodeGainedAfter20(t *testing.T) {
	files, err := filepath.Glob("testdata/newer/*.js")
	if err != nil || len(files) < 9 {
		t.Fatalf("there are %d scripts (%v); there were 9", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".js")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			switch {
			case name == "servers-share-a-port" && runtime.GOOS != "linux":
				t.Skip("not every system lets listeners share a port")
			case runtime.GOOS != "linux" && strings.HasSuffix(name, "the-blocked"):
				t.Skip("only Linux has all of 127.0.0.0/8 from the start")
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".js") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if got := told(t, &script.Runtime{}, string(source)); got != string(want) {
				t.Errorf("the script says something else:\n%s", differences("documented", string(want), "got", got))
			}
		})
	}
}
