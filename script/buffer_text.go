// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// defineText gives Buffer.prototype what turns its bytes into strings and back.
func (b *buffers) defineText() {
	names := []string{"ascii", "base64", "base64url", "latin1", "hex", "ucs2", "utf8"}
	for _, name := range names {
		e := encodings[name]
		b.define(b.prototype, name+"Slice", 0, func(call goja.FunctionCall) goja.Value {
			p := b.this(call)
			start := b.index(call.Argument(0), 0)
			end := max(start, b.index(call.Argument(1), len(p)))
			if end > len(p) {
				b.failPlain("RangeError", "ERR_OUT_OF_RANGE", "Index out of range")
			}
			return b.string(e, p[start:end])
		})
	}
	for _, name := range names {
		e := encodings[name]
		b.define(b.prototype, name+"Write", 0, func(call goja.FunctionCall) goja.Value {
			return b.put(e, b.this(call), call.Argument(0), call.Argument(1), call.Argument(2))
		})
	}
}

// index returns an argument that must not be negative.
func (b *buffers) index(v goja.Value, undefined int) int {
	if goja.IsUndefined(v) {
		return undefined
	}
	n := toWhole(v, -1, maxSafe)
	if n < 0 {
		b.failPlain("RangeError", "ERR_OUT_OF_RANGE", "Index out of range")
	}
	return n
}

// string is e.string unless that is too long.
func (b *buffers) string(e textEncoding, p []byte) goja.Value {
	n := len(p)
	switch e {
	case utf16Text:
		n /= 2
	case hexText:
		n *= 2
	case base64Text, base64urlText:
		n = (n + 2) / 3 * 4
	}
	if n > maxString && (e != utf8Text || utf8.RuneCount(p) > maxString) {
		b.fail("ERR_STRING_TOO_LONG")
	}
	return e.string(b.r.vm, p)
}

// put writes a string to p, from an offset, at most length bytes of it.
func (b *buffers) put(e textEncoding, p []byte, s, offset, length goja.Value) goja.Value {
	if !goja.IsString(s) {
		b.failPlain("TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string")
	}
	at := b.index(offset, 0)
	if at > len(p) {
		b.failPlain("RangeError", "ERR_BUFFER_OUT_OF_BOUNDS", `"offset" is outside of buffer bounds`)
	}
	n := min(b.index(length, len(p)-at), len(p)-at)
	return b.r.vm.ToValue(e.put(p[at:at+n], textOf(s)))
}

// toString is Buffer.prototype.toString.
func (b *buffers) toString(call goja.FunctionCall) goja.Value {
	p, ok := b.r.bytesOf(call.This)
	if !ok {
		panic(b.r.vm.NewTypeError("this.utf8Slice is not a function"))
	}
	start, end := 0, len(p)
	if len(call.Arguments) > 1 {
		if v := call.Arguments[1]; !goja.IsUndefined(v) {
			start = toWhole(v, 0, len(p))
		}
		if v := call.Argument(2); !goja.IsUndefined(v) {
			end = toWhole(v, 0, len(p))
		}
	}
	if end <= start {
		return b.r.vm.ToValue("")
	}
	e := utf8Text
	if v := call.Argument(0); !goja.IsUndefined(v) {
		e = b.encodingArgument(v)
	}
	return b.string(e, p[start:end])
}

// write is Buffer.prototype.write: (string), (string, encoding), (string, offset,
// encoding) or (string, offset, length, encoding).
func (b *buffers) write(call goja.FunctionCall) goja.Value {
	p, ok := b.r.bytesOf(call.This)
	if !ok {
		panic(b.r.vm.NewTypeError("this.utf8Write is not a function"))
	}
	offset, length, name := call.Argument(1), call.Argument(2), call.Argument(3)
	at, n := 0, len(p)
	switch {
	case goja.IsUndefined(offset):
		name = offset
	case goja.IsString(offset) && goja.IsUndefined(length):
		name = offset
	default:
		if goja.IsString(offset) {
			b.fail("ERR_INVALID_ARG_TYPE", "offset", "number", offset)
		}
		at = b.integer(offset, "offset", 0, len(p), 0)
		n = len(p) - at
		if goja.IsString(length) {
			name = length
		} else {
			n = min(n, b.integer(length, "length", 0, len(p), n))
		}
	}
	e := utf8Text
	if name.ToBoolean() {
		e = b.encodingArgument(name)
	}
	if s := call.Argument(0); goja.IsString(s) {
		return b.r.vm.ToValue(e.put(p[at:at+n], textOf(s)))
	}
	b.failPlain("TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string")
	return nil
}

// bindText is what of binding('buffer') has to do with text.
func bindText(r *Runtime, exports *goja.Object) {
	b := &r.buffers
	set := func(name string, f func(call goja.FunctionCall) goja.Value) { exports.Set(name, f) }
	set("isUtf8", func(call goja.FunctionCall) goja.Value {
		p, _ := r.bytesOf(call.Argument(0))
		return r.vm.ToValue(utf8.Valid(p))
	})
	set("isAscii", func(call goja.FunctionCall) goja.Value {
		p, _ := r.bytesOf(call.Argument(0))
		return r.vm.ToValue(isASCII(p))
	})
	set("look", func(call goja.FunctionCall) goja.Value {
		p, _ := r.bytesOf(call.Argument(0))
		var s bytes.Buffer
		for i, c := range p[:min(len(p), toWhole(call.Argument(1), 0, len(p)))] {
			if i > 0 {
				s.WriteByte(' ')
			}
			s.WriteByte("0123456789abcdef"[c>>4])
			s.WriteByte("0123456789abcdef"[c&15])
		}
		return r.vm.ToValue(s.String())
	})
	set("transcode", func(call goja.FunctionCall) goja.Value {
		p, _ := r.bytesOf(call.Argument(0))
		from, ok := encodingNamed(call.Argument(1).String())
		to, known := encodingNamed(call.Argument(2).String())
		if !ok || !known || from > asciiText || to > asciiText {
			return r.vm.ToValue("U_ILLEGAL_ARGUMENT_ERROR")
		}
		q, ok := transcode(p, from, to)
		if !ok {
			return r.vm.ToValue("U_INVALID_CHAR_FOUND")
		}
		return r.newBuffer(q)
	})
	set("atob", func(call goja.FunctionCall) goja.Value {
		q, ok := forgivingBase64(textOf(call.Argument(0)))
		if !ok {
			return r.vm.ToValue(len(q) == 1)
		}
		return latin1Text.string(r.vm, q)
	})
	set("btoa", func(call goja.FunctionCall) goja.Value {
		t := textOf(call.Argument(0))
		for _, c := range t.wide {
			if c > 0xff {
				return goja.Null()
			}
		}
		return b.string(base64Text, latin1Text.bytes(t))
	})
}

// transcode returns p in another encoding, in which a character that it does not
// have is a question mark, and whether p was right.
func transcode(p []byte, from, to textEncoding) ([]byte, bool) {
	strict := from == utf8Text && to == utf16Text || from == utf16Text && to == utf8Text
	var runes []rune
	switch from {
	case utf8Text:
		if strict && !utf8.Valid(p) {
			return nil, false
		}
		runes = []rune(utf8String(p))
	case utf16Text:
		wide := utf16Of(p)
		if strict && len(wide) == 0 {
			return nil, false
		}
		half := false // of a pair, alone
		for len(wide) > 0 {
			c, n := firstRune(wide)
			if half = c == utf8.RuneError && rune(wide[0]) != c; half && strict {
				return nil, false
			}
			runes, wide = append(runes, c), wide[n:]
		}
		if len(p)%2 == 1 && to == utf16Text && !half {
			runes = append(runes, utf8.RuneError)
		}
	default:
		for _, c := range p {
			r := rune(c)
			if from == asciiText && c >= 0x80 && to != utf16Text {
				r = utf8.RuneError
			}
			runes = append(runes, r)
		}
	}
	q := []byte{}
	for _, c := range runes {
		switch {
		case to == utf8Text:
			q = utf8.AppendRune(q, c)
		case to == utf16Text && c > 0xffff:
			c -= 0x10000
			q = append(q, byte(c>>10), byte(0xd8|c>>18), byte(c), byte(0xdc|c>>8&3))
		case to == utf16Text:
			q = append(q, byte(c), byte(c>>8))
		case c > 0xff || to == asciiText && c > 0x7f:
			q = append(q, '?')
		default:
			q = append(q, byte(c))
		}
	}
	return q, true
}

// forgivingBase64 decodes as atob does; if it cannot, the length of what it returns
// is 1 when there are too few characters, and 0 when one of them is wrong.
func forgivingBase64(t text) ([]byte, bool) {
	digits := make([]byte, 0, t.len())
	padding := 0
	for i := 0; i < t.len(); i++ {
		switch c := t.at(i); c {
		case ' ', '\t', '\n', '\f', '\r':
		case '=':
			padding++
		default:
			if padding > 0 || c > 0x7f || c == '-' || c == '_' || sextets[c] > 63 {
				return nil, false
			}
			digits = append(digits, byte(c))
		}
	}
	switch {
	case padding > 2:
		return nil, false
	case len(digits)%4 == 1:
		return make([]byte, 1), false
	case padding > 0 && (len(digits)+padding)%4 != 0:
		return nil, false
	}
	return base64Text.bytes(text{ascii: string(digits)}), true
}
