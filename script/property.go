// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// property matches, in a regular expression, an escape or the brackets of a class.
// The escapes \p{…} and \P{…}, which goja does not know, stand for what Unicode
// says.
var property = regexp.MustCompile(`\\([pP])\{([^}]*)\}|\\.|[\[\]]`)

// namedGroup matches the beginning of one. With the flag u, goja's first engine forgets
// the names when the text is not ASCII. What looks ahead is left to its second, which
// knows them, so engineMark, which matches everywhere, goes before such an expression.
// The accessor source takes it off.
var namedGroup = regexp.MustCompile(`\(\?<[^=!]`)

const engineMark = "(?=(?:))"

// rangesOf are the characters of each property that was asked for, by its escape.
var rangesOf sync.Map

// The errors of a property that is unknown.
var (
	errUnknownProperty        = errors.New("Invalid property name")                    //lint:ignore ST1005 it is V8's message
	errUnknownPropertyInClass = errors.New("Invalid property name in character class") //lint:ignore ST1005 it is V8's message
)

// expand replaces the properties of Unicode in a regular expression that has the
// flag u by the characters that have them. For one that is unknown it fails in V8's
// words.
func expand(pattern string) (expanded string, err error) {
	if namedGroup.MatchString(pattern) && !strings.HasPrefix(pattern, engineMark) {
		pattern = engineMark + pattern
	}
	inside := false // a class
	expanded = property.ReplaceAllStringFunc(pattern, func(found string) string {
		parts := property.FindStringSubmatch(found)
		switch {
		case found == "[":
			inside = true
		case found == "]":
			inside = false
		case parts[1] != "":
			list, ok := rangesOf.Load(found)
			if !ok {
				table := charactersOf(parts[2])
				if table == nil {
					err = errUnknownProperty
					if inside {
						err = errUnknownPropertyInClass
					}
					return found
				}
				list, _ = rangesOf.LoadOrStore(found, ranges(table, parts[1] == "P"))
			}
			if inside {
				return list.(string)
			}
			return "[" + list.(string) + "]"
		}
		return found
	})
	return expanded, err
}

// charactersOf returns the characters of a property as ECMAScript names it: a
// general category, a script or a property that is had or not. It is nil if there is
// none of that name.
func charactersOf(name string) []*unicode.RangeTable {
	key, value, named := strings.Cut(name, "=")
	one := func(table *unicode.RangeTable, ok bool) []*unicode.RangeTable {
		if !ok {
			return nil
		}
		return []*unicode.RangeTable{table}
	}
	category := func(name string) []*unicode.RangeTable {
		if short, ok := unicode.CategoryAliases[name]; ok {
			name = short
		}
		table, ok := unicode.Categories[name]
		return one(table, ok)
	}
	switch {
	case named && (key == "Script" || key == "sc" || key == "Script_Extensions" || key == "scx"):
		if long, ok := shortNames[value]; ok {
			value = long
		}
		table, ok := unicode.Scripts[value]
		return one(table, ok)
	case named && (key == "General_Category" || key == "gc"):
		return category(value)
	case named:
		return nil
	}
	if long, ok := shortNames[name]; ok {
		name = long
	}
	if table := derived(name); table != nil {
		return one(table, true)
	}
	switch name {
	case "Any":
		return one(everything, true)
	case "ASCII":
		return one(&unicode.RangeTable{R32: []unicode.Range32{{Lo: 0, Hi: unicode.MaxASCII, Stride: 1}}}, true)
	case "Alphabetic", "Alpha":
		return []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Other_Alphabetic}
	case "Uppercase", "Upper":
		return []*unicode.RangeTable{unicode.Lu, unicode.Other_Uppercase}
	case "Lowercase", "Lower":
		return []*unicode.RangeTable{unicode.Ll, unicode.Other_Lowercase}
	}
	if table, ok := unicode.Properties[name]; ok && !strings.HasPrefix(name, "Other_") && name != "Prepended_Concatenation_Mark" {
		return one(table, true)
	}
	return category(name)
}

// ranges returns the characters of tables, or all others, as they are written in a
// class.
func ranges(tables []*unicode.RangeTable, others bool) string {
	var text strings.Builder
	write := func(low, high rune) {
		if low <= high {
			fmt.Fprintf(&text, `\u{%x}-\u{%x}`, low, high)
		}
	}
	next := rune(0) // the first character that is in none so far
	for _, s := range spansOf(tables) {
		if others {
			write(next, s.low-1)
		} else {
			write(max(s.low, next), s.high)
		}
		next = max(next, s.high+1)
	}
	if others {
		write(next, unicode.MaxRune)
	}
	return text.String()
}
