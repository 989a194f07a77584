// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// A textEncoding is how a Buffer turns text into bytes and back.
type textEncoding uint8

const (
	utf8Text textEncoding = iota
	utf16Text
	latin1Text
	asciiText
	base64Text
	base64urlText
	hexText
)

var encodings = map[string]textEncoding{
	"utf8": utf8Text, "utf-8": utf8Text,
	"ucs2": utf16Text, "ucs-2": utf16Text, "utf16le": utf16Text, "utf-16le": utf16Text,
	"latin1": latin1Text, "binary": latin1Text,
	"ascii":  asciiText,
	"base64": base64Text, "base64url": base64urlText,
	"hex": hexText,
}

// encodingNamed returns the encoding that Node knows by that name, in any case.
func encodingNamed(name string) (textEncoding, bool) {
	e, ok := encodings[name]
	if !ok && len(name) <= len("base64url") {
		e, ok = encodings[strings.ToLower(name)]
	}
	return e, ok
}

// A text is what a string of JavaScript holds, not copied: a Go string if all of it
// is ASCII, else its UTF-16, in which surrogates may be alone.
type text struct {
	ascii string
	wide  []uint16 // nil if the text is ASCII
}

var utf16Type = reflect.TypeFor[[]uint16]()

// textOf returns the text of a string, and of another value's string.
func textOf(v goja.Value) text {
	s, ok := v.(goja.String)
	if !ok {
		s = v.ToString().(goja.String)
	}
	rv := reflect.ValueOf(s)
	if rv.Kind() == reflect.Pointer {
		// A string from Go, of which goja has not looked for what is not ASCII.
		s = s.Substring(0, s.Length())
		rv = reflect.ValueOf(s)
	}
	if rv.Kind() == reflect.Slice {
		return text{wide: rv.Convert(utf16Type).Interface().([]uint16)[1:]} // behind goja's mark
	}
	return text{ascii: s.String()}
}

// len returns the number of UTF-16 code units.
func (t text) len() int {
	if t.wide != nil {
		return len(t.wide)
	}
	return len(t.ascii)
}

// at returns a UTF-16 code unit.
func (t text) at(i int) uint16 {
	if t.wide != nil {
		return t.wide[i]
	}
	return uint16(t.ascii[i])
}

// firstRune returns the code point at the start of wide, the replacement character for
// a surrogate that is alone, and its number of code units.
func firstRune(wide []uint16) (rune, int) {
	c := rune(wide[0])
	switch {
	case c < 0xd800 || c > 0xdfff:
		return c, 1
	case c < 0xdc00 && len(wide) > 1 && wide[1]&0xfc00 == 0xdc00:
		return 0x10000 + (c-0xd800)<<10 + rune(wide[1]) - 0xdc00, 2
	}
	return utf8.RuneError, 1
}

// size returns how many bytes t takes. As Node's, it is a guess for base64 with
// other characters among its own, and for hex.
func (e textEncoding) size(t text) int {
	n := t.len()
	switch e {
	case utf8Text:
		return utf8Size(t)
	case utf16Text:
		return 2 * n
	case hexText:
		return n / 2
	case base64Text, base64urlText:
		if n > 1 && t.at(n-1) == '=' {
			n--
			if t.at(n-1) == '=' {
				n--
			}
		}
		return n/4*3 + n%4*3/4
	}
	return n
}

func utf8Size(t text) int {
	if t.wide == nil {
		return len(t.ascii)
	}
	size := len(t.wide)
	wide := t.wide
	for i := 0; i < len(wide); i++ {
		c := wide[i]
		switch {
		case c < 0x80:
		case c < 0x800:
			size++
		case c&0xfc00 == 0xd800 && i+1 < len(wide) && wide[i+1]&0xfc00 == 0xdc00:
			size += 2 // four bytes for two units
			i++
		default:
			size += 2
		}
	}
	return size
}

// bytes returns t in bytes of its own.
func (e textEncoding) bytes(t text) []byte {
	p := make([]byte, e.size(t))
	return p[:e.put(p, t)]
}

// put writes to p what of t has room there, no character in part, and returns its
// number of bytes.
func (e textEncoding) put(p []byte, t text) int {
	switch e {
	case utf8Text:
		return putUTF8(p, t)
	case utf16Text:
		n := min(len(p)/2, t.len())
		if t.wide == nil {
			for i := 0; i < n; i++ {
				p[2*i], p[2*i+1] = t.ascii[i], 0
			}
			return 2 * n
		}
		for i, c := range t.wide[:n] {
			p[2*i], p[2*i+1] = byte(c), byte(c>>8)
		}
		return 2 * n
	case base64Text, base64urlText:
		return putBase64(p, t)
	case hexText:
		return putHex(p, t)
	}
	if t.wide == nil {
		return copy(p, t.ascii)
	}
	n := min(len(p), len(t.wide))
	for i, c := range t.wide[:n] {
		p[i] = byte(c)
	}
	return n
}

func putUTF8(p []byte, t text) int {
	if t.wide == nil {
		return copy(p, t.ascii)
	}
	n := 0
	for wide := t.wide; len(wide) > 0; {
		switch c := wide[0]; {
		case c < 0x80 && n < len(p):
			p[n] = byte(c)
			n++
			wide = wide[1:]
			continue
		case c >= 0x80 && c < 0x800 && n+1 < len(p):
			p[n], p[n+1] = 0xc0|byte(c>>6), 0x80|byte(c)&0x3f
			n += 2
			wide = wide[1:]
			continue
		}
		c, units := firstRune(wide)
		size := utf8.RuneLen(c)
		if n+size > len(p) {
			break
		}
		utf8.EncodeRune(p[n:], c)
		n += size
		wide = wide[units:]
	}
	return n
}

// putHex looks at the low byte of each character, as Node does, and putBase64 too.
func putHex(p []byte, t text) int {
	n := min(len(p), t.len()/2)
	for i := 0; i < n; i++ {
		high, low := hexDigit(byte(t.at(2*i))), hexDigit(byte(t.at(2*i+1)))
		if high|low > 15 {
			return i
		}
		p[i] = high<<4 | low
	}
	return n
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// sextets are what base64's characters stand for, of both its alphabets.
var sextets = func() (table [256]byte) {
	for i := range table {
		table[i] = 0xff
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		table[c] = byte(i)
	}
	table['-'], table['_'] = 62, 63
	return
}()

// putBase64 passes over what is no character of base64, up to a =.
func putBase64(p []byte, t text) int {
	n, bits, have := 0, uint32(0), 0
	i := 0
	if t.wide == nil {
		s := t.ascii
		for ; i+4 <= len(s) && n+3 <= len(p); i += 4 {
			a, b, c, d := sextets[s[i]], sextets[s[i+1]], sextets[s[i+2]], sextets[s[i+3]]
			if a|b|c|d > 63 {
				break
			}
			p[n], p[n+1], p[n+2] = a<<2|b>>4, b<<4|c>>2, c<<6|d
			n += 3
		}
	}
	for ; i < t.len() && n < len(p); i++ {
		c := byte(t.at(i))
		if c == '=' {
			break
		}
		if sextets[c] > 63 {
			continue
		}
		bits, have = bits<<6|uint32(sextets[c]), have+6
		if have >= 8 {
			have -= 8
			p[n] = byte(bits >> have)
			n++
		}
	}
	return n
}

// string returns p as a string of JavaScript.
func (e textEncoding) string(vm *goja.Runtime, p []byte) goja.Value {
	switch e {
	case utf8Text:
		return vm.ToValue(utf8String(p))
	case utf16Text:
		return goja.StringFromUTF16(utf16Of(p))
	case latin1Text:
		if isASCII(p) {
			return vm.ToValue(string(p))
		}
		wide := make([]uint16, len(p))
		for i, c := range p {
			wide[i] = uint16(c)
		}
		return goja.StringFromUTF16(wide)
	case asciiText:
		var s strings.Builder
		s.Grow(len(p))
		for _, c := range p {
			s.WriteByte(c & 0x7f)
		}
		return vm.ToValue(s.String())
	case base64Text:
		return vm.ToValue(base64.StdEncoding.EncodeToString(p))
	case base64urlText:
		return vm.ToValue(base64.RawURLEncoding.EncodeToString(p))
	}
	return vm.ToValue(hex.EncodeToString(p))
}

// utf16Of returns the code units of p.
func utf16Of(p []byte) []uint16 {
	wide := make([]uint16, len(p)/2)
	for i := range wide {
		wide[i] = uint16(p[2*i]) | uint16(p[2*i+1])<<8
	}
	return wide
}

func isASCII(p []byte) bool {
	for len(p) >= 8 {
		if (p[0]|p[1]|p[2]|p[3]|p[4]|p[5]|p[6]|p[7])&0x80 != 0 {
			return false
		}
		p = p[8:]
	}
	for _, c := range p {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// utf8String returns p with a replacement character for each longest start of a
// character that does not go on as one, and for each byte that starts none.
func utf8String(p []byte) string {
	if utf8.Valid(p) {
		return string(p)
	}
	var s strings.Builder
	s.Grow(len(p) + 16)
	good := 0 // the start of what is not in s yet
	for i := 0; i < len(p); {
		if p[i] < 0x80 {
			i++
			continue
		}
		c, size := utf8.DecodeRune(p[i:])
		if c != utf8.RuneError || size > 1 {
			i += size
			continue
		}
		s.Write(p[good:i])
		s.WriteString("\ufffd")
		have, _ := utf8Start(p[i:])
		i += max(1, have)
		good = i
	}
	s.Write(p[good:])
	return s.String()
}

// utf8Start returns how many bytes at the start of p belong to one character, and
// how many that has by its first byte: 0 if p starts with none.
func utf8Start(p []byte) (have, size int) {
	low, high := byte(0x80), byte(0xbf) // of the second byte
	switch c := p[0]; {
	case c < 0x80:
		return 1, 1
	case c < 0xc2 || c > 0xf4:
		return 0, 0
	case c < 0xe0:
		size = 2
	case c < 0xf0:
		size = 3
		if c == 0xe0 {
			low = 0xa0
		} else if c == 0xed {
			high = 0x9f
		}
	default:
		size = 4
		if c == 0xf0 {
			low = 0x90
		} else if c == 0xf4 {
			high = 0x8f
		}
	}
	for have = 1; have < size && have < len(p); have++ {
		if p[have] < low || p[have] > high {
			break
		}
		low, high = 0x80, 0xbf
	}
	return have, size
}
