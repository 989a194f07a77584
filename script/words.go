// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A wording is how V8 says what the engine says otherwise. A text with %s has what
// is called there, or is used as an object, in the words of the script.
type wording struct {
	engine *regexp.Regexp
	v8     string
}

// wordings are tried in their order. What depends on a value that the engine's
// message lacks is as near as can be.
var wordings = sync.OnceValue(func() []wording {
	table := [][2]string{
		{`^Cannot read property '(.*)' of (undefined|null)$`, "Cannot read properties of $2 (reading '$1')"},
		{`^Cannot read property '(.*)' of undefined or null$`, "Cannot read properties of undefined (reading '$1')"},
		{`^Cannot set property '(.*)' of (undefined|null)$`, "Cannot set properties of $2 (setting '$1')"},
		{`^Object has no member 'Symbol\.(?:asyncI|i)terator'$`, "%l is not iterable"},
		{`^Object has no member '(.*)'$`, "%c is not a function"},
		{`^Value is not callable: (.*)$`, "%c is not a function"},
		{`^Not a function: (.*)$`, "%c is not a function"},
		{`^Value is not an object: .*$`, "%o"},
		{`^Value is not object coercible$`, "%d"},
		{`^Could not convert .* to primitive$`, "Cannot convert object to primitive value"},
		{`^object is not iterable$`, "%l is not iterable"},
		{`^Cannot convert undefined or null to object$`, "%s"},
		{`^__no_require is not defined$`, "require is not defined in ES module scope, you can use import instead"},
		{`^__no_(\w+) is not defined$`, "$1 is not defined in ES module scope"},
		{`(?s)^Could not convert &\{.* to primitive$`, "Cannot convert object to primitive value"},
		{`^Malformed URI$`, "URI malformed"},
		{`^Invalid index (-?\d+)$`, "Invalid typed array length: $1"},
		{`^No initial value$`, "Reduce of empty array with no initial value"},
		{`^toFixed\(\) precision must be`, "toFixed() digits argument must be"},
		{`^toPrecision\(\) precision must be`, "toPrecision() argument must be"},
		{`^prototype is not an object$`, "Function has non-object prototype 'undefined' in instanceof check"},
		{`^Cannot convert (\d*\.\d+) to a BigInt$`, "The number $1 cannot be converted to a BigInt because it is not an integer"},
		{`^(?:Value|.*) is not a constructor$`, "%n is not a constructor"},
		{`^Not a constructor.*$`, "%n is not a constructor"},
		{`^Assignment to constant variable\.?$`, "Assignment to constant variable."},
		{`^Cannot access a variable before initialization$`, "Cannot access '%i' before initialization"},
		{`^Class constructor cannot be invoked without 'new'$`, "Class constructor %c cannot be invoked without 'new'"},
		{`^Cannot assign to read only property '(.*)'$`, "Cannot assign to read only property '$1' of object '#<Object>'"},
		{`^Cannot delete property '(.*)' of \[object (.*)\]$`, "Cannot delete property '$1' of #<$2>"},
		{`^Expecting a function in instanceof check, but got .*$`, "Right-hand side of 'instanceof' is not callable"},
		{`^Must call super constructor.*$`, "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"},
		{`^Cannot write private member #(\w+) from an object.*$`, "Cannot write private member #$1 to an object whose class did not declare it"},
	}
	wordings := make([]wording, len(table))
	for i, row := range table {
		wordings[i] = wording{regexp.MustCompile(row[0]), row[1]}
	}
	return wordings
})

// quotations are what stands in wordings for something of the script's text, found in
// the line before and after the place that the message comes from.
var quotations = map[string]func(before, after string) string{
	"%c": called,
	"%n": constructed,
	"%i": usedName,
	"%o": misused,
	"%d": destructured,
	"%l": iterated,
	"%s": assigned,
}

// inV8 returns how V8 says a message of the engine's.
func (r *Runtime) inV8(message string, frames []frame) string {
	native := len(frames) > 0 && frames[0].file == ""
	if value, ok := strings.CutPrefix(message, "Value is not an object: "); ok {
		if native {
			return value + " is not a function"
		}
		if key := r.soughtAt(frames); key != "" {
			return "Cannot use 'in' operator to search for '" + key + "' in " + value
		}
	}
	for _, w := range wordings() {
		if !w.engine.MatchString(message) {
			continue
		}
		better := w.engine.ReplaceAllString(message, w.v8)
		if len(frames) > 0 && strings.HasPrefix(better, "Cannot read properties of undefined") {
			if before, _ := r.modules.around(frames[0]); nullBefore.MatchString(before) {
				better = strings.Replace(better, "undefined", "null", 1)
			}
		}
		for mark, find := range quotations {
			if !strings.Contains(better, mark) {
				continue
			}
			words := ""
			if len(frames) > 0 && !native {
				words = find(r.modules.sayable(frames[0]))
			}
			if missing := missingMember.FindStringSubmatch(message); words == "" && missing != nil {
				words = "(intermediate value)" // as V8 says where there are no names
				if mark == "%c" {
					words += "." + missing[1]
				}
			}
			if words == "" && mark == "%i" && len(frames) > 0 && r.modules.texts[frames[0].file].mapped {
				words = frames[0].function // what gets an export
			}
			if words == "" {
				return message
			}
			better = strings.ReplaceAll(better, mark, words)
			if mark == "%c" && len(frames) > 0 && strings.HasSuffix(better, " is not a function") {
				before, after := r.modules.sayable(frames[0])
				if wantsMany.MatchString(before) && wholeCall.MatchString(after) {
					better += " or its return value is not iterable"
				}
			}
		}
		return better
	}
	return message
}

// soughtAt returns the name that the operator in looks for where frames are, "" if that
// is not there, or is not written there.
func (r *Runtime) soughtAt(frames []frame) string {
	if len(frames) == 0 {
		return ""
	}
	before, after := r.modules.around(frames[0])
	key := ""
	for _, m := range soughtName.FindAllStringSubmatchIndex(before+after, -1) {
		if key == "" || m[0] <= len(before) {
			key = (before + after)[m[2]:m[3]]
		}
	}
	return key
}

var soughtName = regexp.MustCompile(`['"]([^'"]*)['"] in\s`)

// nullBefore matches a line that ends with the null of which a property is asked.
// Of what a variable has, the engine does not tell null from undefined.
var nullBefore = regexp.MustCompile(`\bnull\s*(?:\.|\[)$`)

// around returns the text of a script up to a place in it, and from there on.
func (m *modules) around(f frame) (before, after string) {
	source := m.texts[f.file].source
	for range f.line - 1 {
		_, source, _ = strings.Cut(source, "\n")
		// What is before is looked for in one line only.
	}
	line, _, _ := strings.Cut(source, "\n")
	at := min(max(f.column-1, 0), len(line))
	return line[:at], line[at:]
}

// wantsMany matches what comes before a call whose result is gone through, with what is
// called; wholeCall matches the rest of such a call.
var (
	wantsMany = regexp.MustCompile(`(?:\[(?:[^()]*,\s*)?\.\.\.|\bof\s+|\]\s*=\s*)[\w$.?]+$`)
	wholeCall = regexp.MustCompile(`^\([^()]*\)\s*(?:[\])};,]|$)`)
)

// missingMember matches what the engine says of a method that is not there.
var missingMember = regexp.MustCompile(`^Object has no member '(.*)'$`)

// sayable returns the text around a place, from the beginning of a chain of calls that
// has lines of its own. Of a call in a rewritten file the place may be behind the
// parenthesis.
func (m *modules) sayable(f frame) (before, after string) {
	before, after = m.around(f)
	if lead := strings.TrimRight(before, " "); m.texts[f.file].mapped && strings.HasSuffix(lead, "(") {
		before, after = lead[:len(lead)-1], "("+after
	}
	for f.line > 1 && strings.HasPrefix(strings.TrimLeft(before, " \t"), ".") {
		f.line, f.column = f.line-1, math.MaxInt
		above, _ := m.around(f)
		before = strings.TrimRight(above, " \t\r") + strings.TrimLeft(before, " \t")
	}
	return before, after
}

// calledAt returns how many columns before the parenthesis of a call, which is where the
// engine is, V8 sees it: at the last name of what is called.
func (m *modules) calledAt(f frame) int {
	before, after := m.around(f)
	if !strings.HasPrefix(after, "(") {
		return 0
	}
	return len(before) - len(strings.TrimRightFunc(before, partOfName))
}

func partOfName(c rune) bool {
	return c == '_' || c == '$' || c == '#' || unicode.IsLetter(c) || unicode.IsDigit(c)
}

// called returns the expression that is called where a message comes from: the one
// before the parenthesis there.
func called(before, after string) string {
	if strings.HasPrefix(after, "(") {
		return expressionBefore(before)
	}
	// The engine may tell the place where the expression begins, or its last name.
	end := 0
	for end < len(after) {
		c, n := utf8.DecodeRuneInString(after[end:])
		if !partOfName(c) && c != '.' && !strings.HasPrefix(after[end:], "?.") {
			break
		}
		end += n
	}
	if end == 0 {
		return ""
	}
	return expressionBefore(before) + after[:end]
}

// expressionBefore returns the chain of names that a line ends with.
func expressionBefore(line string) string {
	line = strings.TrimRight(line, " ")
	at := len(line)
	for at > 0 {
		c, n := utf8.DecodeLastRuneInString(line[:at])
		if c == ']' || c == ')' {
			depth := 0
			for i := at - 1; i >= 0; i-- {
				switch line[i] {
				case ']', ')':
					depth++
				case '[', '(':
					depth--
				}
				if depth == 0 {
					at = i
					break
				}
			}
			if depth != 0 {
				return ""
			}
			continue
		}
		if !partOfName(c) && c != '.' && c != '?' {
			break
		}
		at -= n
	}
	text := strings.TrimLeft(line[at:], ".?")
	text = namedMember.ReplaceAllString(text, "$1.$2$3")
	text = inParentheses.ReplaceAllString(text, "$1")
	return innerCalls.ReplaceAllString(text, "$1(...)")
}

var (
	// namedMember matches a member in brackets, which V8 shows after a point.
	namedMember = regexp.MustCompile(`([\w$\])])\[(?:'([A-Za-z_$][\w$]*)'|"([A-Za-z_$][\w$]*)")\]`)

	// inParentheses matches a chain of names in parentheses, which V8 does not show.
	inParentheses = regexp.MustCompile(`^\(([\w$.]+)\)`)
)

// innerCalls matches calls within a chain, which V8 shows without arguments.
var innerCalls = regexp.MustCompile(`([\w$\])])\([^()]*\)`)

// constructed returns what new is applied to.
func constructed(before, after string) string {
	line := before + after
	at := strings.Index(after, "new ")
	if at < 0 {
		if at = strings.LastIndex(before, "new "); at < 0 {
			return ""
		}
	} else {
		at += len(before)
	}
	return leadingName(line[at+4:])
}

// usedName returns the name that is used at a place.
func usedName(_, after string) string { return leadingName(after) }

func leadingName(text string) string {
	end := strings.IndexFunc(text, func(c rune) bool { return !partOfName(c) && c != '.' })
	if end < 0 {
		end = len(text)
	}
	return strings.Trim(text[:end], ".")
}

// misused returns the message for a value that is used as if it were an object.
func misused(before, after string) string {
	if strings.HasPrefix(after, "new ") {
		return constructed(before, after) + " is not a constructor"
	}
	if strings.Contains(before+after, " instanceof ") {
		return "Right-hand side of 'instanceof' is not an object"
	}
	if x := called(before, after); x != "" && isCall.MatchString(before+after) {
		return x + " is not a function"
	}
	return ""
}

var isCall = regexp.MustCompile(`[\w$\])]\s*\(`)

// destructured returns the message for undefined where a pattern wants an object.
func destructured(before, after string) string {
	line := before + after
	var found []int
	for _, one := range objectPattern.FindAllStringSubmatchIndex(line, -1) {
		if found == nil || one[2] <= len(before)+1 {
			found = one
		}
	}
	if found == nil {
		return ""
	}
	value, is := "undefined", "undefined"
	if found[4] >= 0 {
		value = line[found[4]:found[5]]
	}
	if value == "null" {
		is = value
	}
	return "Cannot destructure property '" + line[found[2]:found[3]] + "' of '" + value + "' as it is " + is + "."
}

// objectPattern matches an object pattern, with what is taken apart if that is a
// chain of names.
var objectPattern = regexp.MustCompile(`(?:\b(?:const|let|var)\s*|[(,]\s*)\{\s*([\w$]+)[^{}]*\}(?:\s*=\s*([\w$.]+))?`)

// iterated returns what is gone through at a place as if it could be.
func iterated(before, after string) string {
	if found := spread.FindStringSubmatch(before); found != nil {
		return found[1]
	}
	if found := iteration.FindStringSubmatch(after); found != nil && found[1] != "new" {
		return found[1]
	}
	return ""
}

// spread matches a line that ends with what is spread.
var spread = regexp.MustCompile(`\.\.\.([\w$.]*[\w$])$`)

var iteration = regexp.MustCompile(`^(?:.*?(?:\bof\s+|\[\.\.\.|\]\s*=\s*))?([\w$.]+)`)

// assigned returns the message for undefined where an object's property is set.
func assigned(before, after string) string {
	if found := forOf.FindStringSubmatch(after); found != nil {
		return found[1] + " is not iterable"
	}
	found := assignment.FindStringSubmatch(expressionBefore(before) + after)
	if found == nil {
		return ""
	}
	return "Cannot set properties of undefined (setting '" + found[1] + "')"
}

var (
	forOf      = regexp.MustCompile(`^[^;]*?\bof\s+([\w$.]+)\s*\)`)
	assignment = regexp.MustCompile(`^[\w$.]*?\.?([\w$]+)\s*=[^=]`)
)
