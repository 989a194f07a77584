// Copyright 2026 The duplex authors. MIT license.

package policy_test

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// A flag is one of tests alone: the go tool does not know it.
var (
	flagOfTests = regexp.MustCompile(`flag\.\w+\("([a-z-]+)"`)
	testCommand = regexp.MustCompile("go test [^`|\n]*")
)

// testCommandsRun holds that a command for tests names its package before a flag of ours.
// The go tool reads what follows such a flag as values for the tests, runs those of the
// folder it is in, and reports no error.
func (policy) testCommandsRun(t tree) (offences []string) {
	ours := make(map[string]bool)
	for _, f := range t.files {
		if strings.HasSuffix(f.path, "_test.go") || strings.HasPrefix(f.path, "internal/rig/") {
			for _, m := range flagOfTests.FindAllStringSubmatch(f.text, -1) {
				ours["-"+m[1]] = true
			}
		}
	}
	for _, f := range t.files {
		for _, command := range testCommand.FindAllString(f.text, -1) {
			seen := false
			for _, word := range strings.Fields(command) {
				name, _, _ := strings.Cut(word, "=")
				seen = seen || ours[name]
				if seen && (word == "." || strings.HasPrefix(word, "./")) {
					offences = append(offences, fmt.Sprintf("%s: %q does not run %s: name it before the flag", f.path, command, word))
					break
				}
			}
		}
	}
	return offences
}

// A selection is a flag that selects functions of tests by their names.
var (
	selections = map[string]*regexp.Regexp{
		"-run":   regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`),
		"-fuzz":  regexp.MustCompile(`(?m)^func (Fuzz\w*)\(`),
		"-bench": regexp.MustCompile(`(?m)^func (Benchmark\w*)\(`),
	}
	selectingCommand = regexp.MustCompile("(?:cd ([^ ]+) && )?go test ([^`|\n]*)")
	stands           = regexp.MustCompile(`^[A-Z]+$`) // for a name
)

// testCommandsFindTests holds that a command for tests that are selected by their names finds
// one in each package that it names. The go tool reports no error if there is none.
func (policy) testCommandsFindTests(t tree) (offences []string) {
	for _, f := range t.files {
		if ext := path.Ext(f.path); ext != ".md" && ext != ".go" {
			continue // a script may have variables
		}
		for _, m := range selectingCommand.FindAllStringSubmatch(f.text, -1) {
			folders, patterns := selected(strings.Fields(m[2]))
			for _, folder := range folders {
				for flag, pattern := range patterns {
					if !t.finds(path.Join(m[1], folder), flag, pattern) && !t.finds(path.Join(f.module, folder), flag, pattern) {
						offences = append(offences, fmt.Sprintf("%s: %q finds no test in %s", f.path, "go test "+m[2], folder))
					}
				}
			}
		}
	}
	return offences
}

// selected returns the folders and the patterns of a command, as far as they say which tests
// have to be there.
func selected(words []string) (folders []string, patterns map[string]*regexp.Regexp) {
	patterns = make(map[string]*regexp.Regexp)
	flag := ""
	for _, word := range words {
		switch word = strings.Trim(word, "'\"),;:"); {
		case flag != "":
			top, _, _ := strings.Cut(word, "/")
			if pattern, err := regexp.Compile(top); err == nil && top != "^$" && !stands.MatchString(top) {
				patterns[flag] = pattern
			}
			flag = ""
		case selections[word] != nil:
			flag = word
		case word == "." || strings.HasPrefix(word, "./") && !strings.Contains(word, "..."):
			folders = append(folders, word)
		case word == "work" || strings.Contains(word, "..."):
			return nil, nil
		}
	}
	if len(folders) == 0 {
		folders = []string{"."}
	}
	return folders, patterns
}

// finds reports whether a package has a function that a flag selects by pattern.
func (t tree) finds(folder, flag string, pattern *regexp.Regexp) bool {
	for _, f := range t.files {
		if path.Dir(f.path) == folder && f.isTest() {
			for _, m := range selections[flag].FindAllStringSubmatch(f.text, -1) {
				if pattern.MatchString(m[1]) {
					return true
				}
			}
		}
	}
	return false
}
