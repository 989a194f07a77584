// Copyright 2026 The duplex authors. MIT license.

package policy_test

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// excerpt is a piece of Go in a document whose first line names the file that has it.
var excerpt = regexp.MustCompile("(?ms)^```go\n// (\\S+\\.go)\n(.*?)^```$")

// guidesQuoteExamples holds that a piece of Go in docs/guide which names a file on its
// first line stands in that file as it is, indentation and comments aside, and that no
// other piece is longer than a few lines: it would not be compiled.
func (policy) guidesQuoteExamples(t tree) (offences []string) {
	const most = 8
	for _, f := range t.files {
		if ok, _ := path.Match("docs/guide/*.md", f.path); !ok {
			continue
		}
		for _, m := range excerpt.FindAllStringSubmatch(f.text, -1) {
			whole, found := t.text(m[1])
			switch {
			case !found:
				offences = append(offences, fmt.Sprintf("%s: quotes %s, which does not exist", f.path, m[1]))
			case !strings.Contains(flat(whole), flat(m[2])):
				offences = append(offences, fmt.Sprintf("%s: %s does not have\n%s", f.path, m[1], m[2]))
			}
		}
		for _, block := range fenced.FindAllString(excerpt.ReplaceAllString(f.text, ""), -1) {
			if n := strings.Count(block, "\n") - 1; strings.HasPrefix(block, "```go") && n > most {
				offences = append(offences, fmt.Sprintf("%s: %d lines of Go that are not quoted from an example", f.path, n))
			}
		}
	}
	return offences
}

// flat returns a text without indentation, comments at the ends of lines and empty lines,
// so that an excerpt may be laid out anew.
func flat(text string) string {
	var b strings.Builder
	b.WriteByte('\n')
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "// ")
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// text returns the text of a file.
func (t tree) text(name string) (text string, found bool) {
	for _, f := range t.files {
		if f.path == name {
			return f.text, true
		}
	}
	return "", false
}
