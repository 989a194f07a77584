// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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

// expand replaces the properties of Unicode in a regular expression that has the
// flag u by the characters that have them. It fails for one that is unknown.
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
			table := charactersOf(parts[2])
			if table == nil {
				err = fmt.Errorf("no property of Unicode: %s", parts[2])
				return found
			}
			list := ranges(table, parts[1] == "P")
			if inside {
				return list
			}
			return "[" + list + "]"
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
		table, ok := unicode.Scripts[value]
		return one(table, ok)
	case named && (key == "General_Category" || key == "gc"):
		return category(value)
	case named:
		return nil
	}
	switch name {
	case "Any":
		return one(&unicode.RangeTable{R32: []unicode.Range32{{Lo: 0, Hi: unicode.MaxRune, Stride: 1}}}, true)
	case "ASCII":
		return one(&unicode.RangeTable{R32: []unicode.Range32{{Lo: 0, Hi: unicode.MaxASCII, Stride: 1}}}, true)
	case "Alphabetic", "Alpha":
		return []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Other_Alphabetic}
	case "Uppercase", "Upper":
		return []*unicode.RangeTable{unicode.Lu, unicode.Other_Uppercase}
	case "Lowercase", "Lower":
		return []*unicode.RangeTable{unicode.Ll, unicode.Other_Lowercase}
	}
	if table, ok := unicode.Properties[name]; ok {
		return one(table, true)
	}
	return category(name)
}

// ranges returns the characters of tables, or all others, as they are written in a
// class.
func ranges(tables []*unicode.RangeTable, others bool) string {
	type span struct{ low, high rune }
	var spans []span
	for _, table := range tables {
		add := func(low, high, stride uint32) {
			if stride == 1 {
				spans = append(spans, span{rune(low), rune(high)})
				return
			}
			for c := low; c <= high; c += stride {
				spans = append(spans, span{rune(c), rune(c)})
			}
		}
		for _, r := range table.R16 {
			add(uint32(r.Lo), uint32(r.Hi), uint32(r.Stride))
		}
		for _, r := range table.R32 {
			add(r.Lo, r.Hi, r.Stride)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.low - b.low) })
	var text strings.Builder
	write := func(low, high rune) {
		if low <= high {
			fmt.Fprintf(&text, `\u{%x}-\u{%x}`, low, high)
		}
	}
	next := rune(0) // the first character that is in none so far
	for _, s := range spans {
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
