// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/unistring"
)

// namedField matches a field of a class that is called get, set or async, whose value
// goja takes for an accessor or a method without a name. It also matches assignments to
// such variables, and parts of texts.
var namedField = regexp.MustCompile(`(^|[\s;{}#])(get|set|async)(\s*=(?:[^=>]|$))`)

// parseFields parses a script that goja refuses, with other names of the same length in
// place of what namedField matches. In the tree, all are what they were, in texts and in
// the sources of functions, too. It returns nil if the script is wrong otherwise.
func parseFields(name, source string, options ...parser.Option) *ast.Program {
	var pairs, wide []string
	names := map[string]string{}
	for _, field := range []string{"get", "set", "async"} {
		other := unusedName(source, field)
		if other == "" {
			return nil
		}
		names[field] = other
		pairs = append(pairs, other, field)
		wide = append(wide, wideBytes(other), wideBytes(field))
	}
	changed := namedField.ReplaceAllStringFunc(source, func(found string) string {
		parts := namedField.FindStringSubmatch(found)
		return parts[1] + names[parts[2]] + parts[3]
	})
	tree, err := parser.ParseFile(nil, name, changed, 0, options...)
	if err != nil {
		return nil
	}
	narrow, wider := strings.NewReplacer(pairs...), strings.NewReplacer(wide...)
	renameTexts(reflect.ValueOf(&tree.Body).Elem(), func(text string) string {
		if unistring.String(text).AsUtf16() != nil {
			return wider.Replace(text)
		}
		return narrow.Replace(text)
	})
	return tree
}

// unusedName returns a name as long as field that is nowhere in source. Names for
// different fields differ, and overlap nowhere: only their first byte is a $.
func unusedName(source, field string) string {
	for _, letter := range "qzxjkvwybpgfmucdlhrsnioateQZXJKVWYBPGFMUCDLHRSNIOATE0123456789" {
		name := "$" + field[:1] + strings.Repeat(string(letter), len(field)-2)
		if !strings.Contains(source, name) {
			return name
		}
	}
	return ""
}

// wideBytes returns the bytes of an ASCII text within one that is kept as UTF-16.
func wideBytes(text string) string {
	mark := len(string(unistring.FromUtf16([]uint16{0x100}))) - 2
	whole := string(unistring.FromUtf16(utf16.Encode([]rune("\u0100" + text))))
	return whole[mark+2:]
}

// renameTexts puts what rename returns in place of each text of a tree.
func renameTexts(v reflect.Value, rename func(string) string) {
	switch v.Kind() {
	case reflect.String:
		if text := v.String(); v.CanSet() {
			v.SetString(rename(text))
		}
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Elem().Kind() == reflect.String || v.Elem().Kind() == reflect.Pointer {
			renameTexts(v.Elem(), rename)
		}
	case reflect.Pointer:
		if _, ok := v.Interface().(*file.File); !ok && !v.IsNil() {
			renameTexts(v.Elem(), rename)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "DeclarationList" {
				renameTexts(v.Field(i), rename)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			renameTexts(v.Index(i), rename)
		}
	}
}
