// Copyright 2026 The duplex authors. MIT license.

package policy_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/internal/testrun"
)

// house is the policy of this repository, which the tests of this package check.
var house = policy{
	module: "github.com/duplex-go/duplex",

	// Imports run downward:
	//
	//	cmd, examples, duplextest → duplex → internal/loop → internal/driver
	//	internal/driver ← {memory, portable, epoll} → internal/sys
	//
	// and codec stands beside; netconn and room stand on the library. The folders with an empty row hold nothing but tests, those of
	// the library by subject and those of the whole by kind; nodetest, testrun and rig help the
	// tests of every package. The modules script and metrics use the public packages
	// alone, so that a newer root cannot break an older one of them. A new package gets a row, a new edge a reason.
	imports: map[string]string{
		"codec":                      "",
		"internal/sys":               "golang.org/x/sys",
		"internal/buf":               "",
		"internal/driver":            "",
		"internal/driver/drivertest": "internal/driver internal/testrun golang.org/x/sys",
		"internal/driver/memory":     "internal/driver internal/sys internal/buf",
		"internal/driver/portable":   "internal/driver internal/sys internal/buf",
		"internal/driver/epoll":      "internal/driver internal/sys internal/buf golang.org/x/sys",
		"internal/driver/foreign":    "internal/driver internal/sys",
		"internal/driver/native":     "internal/driver internal/driver/epoll",
		"internal/timer":             "internal/driver",
		"internal/ranges":            "",
		"internal/ledger":            "",
		"internal/rates":             "",
		"internal/target":            "internal/driver",
		"internal/handover":          "internal/sys",
		"internal/proxyheader":       "",
		"internal/lent":              "",
		"internal/crash":             "internal/rates",
		"internal/bytesize":          "",
		"internal/faults":            "internal/bytesize",
		"internal/relay":             ". internal/faults",
		"internal/toxiproxy":         "internal/faults internal/relay",
		"internal/wire":              "internal/buf",
		"internal/loop":              "internal/driver internal/timer internal/buf",
		".":                          "codec internal/loop internal/driver internal/driver/memory internal/driver/portable internal/driver/native internal/buf internal/sys internal/ranges internal/ledger internal/rates internal/target internal/handover internal/lent internal/crash internal/wire internal/proxyheader internal/driver/foreign",
		"duplextest":                 ". codec internal/driver internal/driver/memory internal/testrun", // DUPLEX_TEST_TLS needs a certificate
		"netconn":                    ".",
		"room":                       ". internal/crash",
		"room/roomtest":              ". room duplextest", // the suite has sockets
		"expvars":                    ". room",
		"internal/recording":         "",
		"cmd/duplex":                 ". codec internal/bytesize internal/recording internal/faults internal/relay internal/toxiproxy internal/load github.com/spf13/cobra github.com/HdrHistogram/hdrhistogram-go github.com/guptarohit/asciigraph golang.org/x/sys golang.org/x/term",
		"internal/load":              ". golang.org/x/sys github.com/HdrHistogram/hdrhistogram-go",
		"internal/connect":           "",
		"internal/frames":            "",
		"internal/groups":            "",
		"internal/laws":              "",
		"internal/limits":            "",
		"internal/proxies":           "",
		"internal/secure":            "",
		"internal/servers":           "",
		"internal/conform":           "",
		"internal/equivalence":       "",
		"internal/storm":             "",
		"internal/endurance":         "",
		"internal/mutants":           "",
		"internal/policy":            "",
		"internal/nodetest":          "",
		"internal/testrun":           "",
		"internal/rig":               ". duplextest internal/testrun",
		"examples/*":                 ". codec netconn",
		"examples/internal/program":  ". netconn",

		"examples/gateway":       ". codec expvars modernc.org/sqlite",
		"examples/gateway/onnet": "modernc.org/sqlite",
		"examples/lobby":         ". codec room cluster",

		"script":                  ". codec script/internal/sys github.com/dop251/goja github.com/evanw/esbuild github.com/tetratelabs/wazero golang.org/x/crypto golang.org/x/sys golang.org/x/term",
		"script/cmd/duplex-run":   "script golang.org/x/term",
		"script/internal/sys":     "golang.org/x/sys",
		"script/internal/program": "",
		"script/examples/rules":   "script github.com/dop251/goja",
		"script/examples/scripts": "",

		"metrics": ". room github.com/prometheus/client_golang",

		"cluster": "room github.com/nats-io/nats-server/v2 github.com/nats-io/nats.go",
	},
	tests: map[string]string{
		"examples/gateway": "duplextest",
		"examples/lobby":   "duplextest room/roomtest examples/internal/program go.yaml.in/yaml",
		".": `. codec duplextest room room/roomtest examples/internal/program internal/driver internal/driver/drivertest
			internal/driver/memory internal/driver/portable internal/driver/epoll internal/nodetest internal/testrun internal/rig
			github.com/rogpeppe/go-internal github.com/creack/pty golang.org/x/net golang.org/x/sys`,
		"metrics": "metrics codec duplextest room/roomtest",
		"cluster": ". cluster duplextest room/roomtest github.com/nats-io/jwt github.com/nats-io/nkeys", // credentials of users
		"script":  "script script/internal/program github.com/rogpeppe/go-internal github.com/creack/pty",
	},

	scenarios: "internal/conform/testdata",
	unsafe:    "internal/sys script/internal/sys",
	oneSystem: "internal/sys internal/driver/epoll",

	shown: ". codec netconn room room/roomtest cluster duplextest expvars metrics",

	rootEntries: 50,
	rootTests:   30,
	lines:       500,
}

// A policy is data. Its methods return the offences of a tree against it.
type policy struct {
	module string

	// imports says what a package may import beside the standard library: packages
	// of this module by folder, others by module. A row may be a pattern of
	// path.Match. tests says what files named _test.go may import as well, for each
	// module whose imports are checked, by its folder.
	imports map[string]string
	tests   map[string]string

	scenarios string // the folder of the scenarios that documents name
	unsafe    string // the packages that may import unsafe
	oneSystem string // packages with parts that one operating system alone needs

	rootEntries int // how many files and folders the root has at most, beside tests
	rootTests   int // how many files of tests it has at most
	lines       int // how long a file of Go is at most

	shown string // the packages of whose names each is in an example or a document
}

func (p policy) importsRunDownward(t tree) (offences []string) {
	packages := make(map[string]string) // the row of each
	for _, f := range t.code() {
		tests, checked := p.tests[f.module]
		if !checked {
			continue
		}
		from := path.Dir(f.path)
		row, known := packages[from]
		if !known {
			row = p.row(from)
			packages[from] = row
			if row == "" {
				offences = append(offences, fmt.Sprintf("%s: a package that the import policy does not know; add a row", from))
			}
		}
		if row == "" {
			continue
		}
		allowed := strings.Fields(p.imports[row])
		if f.isTest() {
			allowed = append(allowed, strings.Fields(tests)...)
		}
		for _, to := range f.imports() {
			folder, ours := p.folder(to)
			if ours {
				to = folder
			}
			if (ours || isElsewhere(to)) && to != from && !permits(allowed, to) {
				offences = append(offences, fmt.Sprintf("%s: imports %s, which the row of %s does not have", f.path, to, row))
			}
		}
	}
	rows := slices.Sorted(maps.Values(packages))
	for _, row := range slices.Sorted(maps.Keys(p.imports)) {
		if _, used := slices.BinarySearch(rows, row); !used {
			offences = append(offences, fmt.Sprintf("%s: a row of the import policy without a package; drop it", row))
		}
	}
	return offences
}

// row returns the row for a package, "" if there is none.
func (p policy) row(dir string) string {
	if _, ok := p.imports[dir]; ok {
		return dir
	}
	for row := range p.imports {
		if ok, _ := path.Match(row, dir); ok {
			return row
		}
	}
	return ""
}

// folder returns where in the module an import path leads.
func (p policy) folder(to string) (folder string, ours bool) {
	if to == p.module {
		return ".", true
	}
	return strings.CutPrefix(to, p.module+"/")
}

// isElsewhere reports whether an import path begins with a domain.
func isElsewhere(to string) bool {
	domain, _, _ := strings.Cut(to, "/")
	return strings.Contains(domain, ".")
}

// permits reports whether a row has a package, or the foreign module it is in.
func permits(row []string, to string) bool {
	return slices.ContainsFunc(row, func(entry string) bool {
		return to == entry || isElsewhere(entry) && strings.HasPrefix(to, entry+"/")
	})
}

// onePackageIsUnsafe allows unsafe to one package of a module, and to tests, which check
// the sizes of types.
func (p policy) onePackageIsUnsafe(t tree) (offences []string) {
	for _, f := range t.code() {
		for _, to := range f.imports() {
			if (to == "unsafe" || to == "C") && !f.isTest() && !slices.Contains(strings.Fields(p.unsafe), path.Dir(f.path)) {
				offences = append(offences, fmt.Sprintf("%s: imports %s; that is for %s", f.path, to, p.unsafe))
			}
		}
	}
	return offences
}

// TestPolicyModulesReachLittle checks what is linked into programs: the library
// reaches the standard library and golang.org/x/sys alone, and no package of the root
// module reaches an interpreter or a bundler.
func TestPolicyModulesReachLittle(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		testrun.NotUnderWine(t, "there is no go command")
	}
	for _, system := range []string{"linux", "darwin", "freebsd", "windows"} {
		for pattern, allowed := range map[string]string{
			house.module:          "golang.org/x/sys",
			house.module + "/...": "golang.org/x/sys golang.org/x/term github.com/spf13/cobra github.com/spf13/pflag github.com/inconshreveable/mousetrap github.com/HdrHistogram/hdrhistogram-go github.com/guptarohit/asciigraph",
		} {
			list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pattern)
			list.Dir = "../.."
			list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=arm64", "CGO_ENABLED=0", "GOWORK=off")
			list.Stderr = os.Stderr
			out, err := list.Output()
			if err != nil {
				t.Fatalf("%s: go list: %v", system, err)
			}
			for _, dep := range strings.Fields(string(out)) {
				if _, ours := house.folder(dep); !ours && !permits(strings.Fields(allowed), dep) {
					t.Errorf("%s: %s depends on %s", system, pattern, dep)
				}
			}
		}
	}
}
