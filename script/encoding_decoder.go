// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// bindEncoding is binding('encoding'):
//
//	decode(state, bytes), flush(state): a StringDecoder's work;
//	decoder(encoding, fatal, ignoreBOM) → (bytes, more) → a string, or null if the
//	bytes are wrong: a TextDecoder's;
//	encode(string) → Uint8Array, encodeInto(string, bytes) → units read * 2 ** 32 +
//	bytes written
func bindEncoding(r *Runtime, exports *goja.Object) {
	b := r.allBuffers()
	set := func(name string, f func(call goja.FunctionCall) goja.Value) { exports.Set(name, f) }
	set("decode", func(call goja.FunctionCall) goja.Value {
		state, _ := r.bytesOf(call.Argument(0))
		p, _ := r.bytesOf(call.Argument(1))
		return b.string(decoderEncodings[state[decoderEncoding]], decodeNext(state, p))
	})
	set("flush", func(call goja.FunctionCall) goja.Value {
		state, _ := r.bytesOf(call.Argument(0))
		e := decoderEncodings[state[decoderEncoding]]
		n := state[decoderHas]
		if e == utf16Text {
			n &^= 1
		}
		state[decoderHas], state[decoderNeeds] = 0, 0
		return b.string(e, state[:n])
	})
	set("decoder", func(call goja.FunctionCall) goja.Value {
		d := &textDecoder{
			label: call.Argument(0).String(), fatal: call.Argument(1).ToBoolean(), keepMark: call.Argument(2).ToBoolean(),
		}
		return r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			p, _ := r.bytesOf(call.Argument(0))
			s, ok := d.decode(r.vm, p, call.Argument(1).ToBoolean())
			if !ok {
				return goja.Null()
			}
			return s
		})
	})
	set("encode", func(call goja.FunctionCall) goja.Value {
		p := utf8Text.bytes(textOf(call.Argument(0)))
		o, err := b.uint8Array(nil, r.vm.ToValue(r.vm.NewArrayBuffer(p)))
		if err != nil {
			panic(r.thrown(err))
		}
		return o
	})
	set("encodeInto", func(call goja.FunctionCall) goja.Value {
		t := textOf(call.Argument(0))
		p, _ := r.bytesOf(call.Argument(1))
		n := utf8Text.put(p, t)
		read := n
		if t.wide != nil {
			read = unitsIn(t.wide, n)
		}
		return r.vm.ToValue(read<<32 | n)
	})
}

// unitsIn returns how many code units of wide are in n bytes of UTF-8.
func unitsIn(wide []uint16, n int) (units int) {
	for n > 0 {
		c, size := firstRune(wide[units:])
		n -= utf8.RuneLen(c)
		units += size
	}
	return units
}

// The state of a StringDecoder, in a Buffer that the script can see: the bytes of a
// character not complete, how many it needs yet and has, and the encoding.
const (
	decoderNeeds    = 4
	decoderHas      = 5
	decoderEncoding = 6
)

// decoderEncodings are by the number that stands in a decoder's state.
var decoderEncodings = [...]textEncoding{
	asciiText, utf8Text, base64Text, utf16Text, latin1Text, hexText, utf8Text, base64urlText,
}

// decodeNext returns what is complete of the bytes in state followed by p, and
// leaves the rest in state.
func decodeNext(state, p []byte) []byte {
	e := decoderEncodings[state[decoderEncoding]]
	if e == hexText || e == latin1Text || e == asciiText {
		return p
	}
	var begun []byte
	if need, has := int(state[decoderNeeds]), int(state[decoderHas]); need > 0 {
		if e == utf8Text {
			for i := 0; i < min(need, len(p)); i++ {
				if p[i]&0xc0 != 0x80 { // the character ends without what it needs
					need = i
				}
			}
		}
		n := min(need, len(p))
		copy(state[has:decoderNeeds], p[:n])
		has, need, p = has+n, need-n, p[n:]
		if need > 0 {
			state[decoderNeeds], state[decoderHas] = byte(need), byte(has)
			return nil
		}
		begun = append(begun, state[:has]...)
		state[decoderNeeds], state[decoderHas] = 0, 0
	}
	has, need := incomplete(e, p)
	copy(state, p[len(p)-has:])
	if len(p) > 0 {
		state[decoderNeeds], state[decoderHas] = byte(need), byte(has)
	}
	p = p[:len(p)-has]
	if begun == nil {
		return p
	}
	return append(begun, p...)
}

// incomplete returns how many bytes at the end of p are the start of a character
// that needs more, and how many more.
func incomplete(e textEncoding, p []byte) (has, need int) {
	switch e {
	case base64Text, base64urlText:
		if has = len(p) % 3; has > 0 {
			need = 3 - has
		}
	case utf16Text:
		if len(p)%2 == 1 {
			return 1, 1
		}
		if n := len(p); n > 0 && p[n-1]&0xfc == 0xd8 {
			return 2, 2
		}
	case utf8Text:
		for has = 1; has < utf8.UTFMax && has <= len(p); has++ {
			size := 0
			switch c := p[len(p)-has]; {
			case c&0xc0 == 0x80:
				continue
			case c&0xe0 == 0xc0:
				size = 2
			case c&0xf0 == 0xe0:
				size = 3
			case c&0xf8 == 0xf0:
				size = 4
			}
			if size > has {
				return has, size - has
			}
			return 0, 0
		}
		return 0, 0
	}
	return has, need
}

// A textDecoder is what a TextDecoder does.
type textDecoder struct {
	label    string
	fatal    bool
	keepMark bool   // a byte order mark is text
	rest     []byte // of a character not complete
	begun    bool   // some text was returned; no mark can come
}

// windows1252 is where that encoding differs from latin1.
var windows1252 = utf16.Encode([]rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"))

// decode returns the text of p behind what was left of the last time, and whether
// it is right or need not be. Unless there is more, the decoder begins anew.
func (d *textDecoder) decode(vm *goja.Runtime, p []byte, more bool) (goja.Value, bool) {
	if d.label == "windows-1252" {
		if !more {
			return latin1Text.string(vm, p), true // as Node does, though it is not quite that
		}
		wide := make([]uint16, len(p))
		for i, c := range p {
			wide[i] = uint16(c)
			if c >= 0x80 && c < 0xa0 {
				wide[i] = windows1252[c-0x80]
			}
		}
		return goja.StringFromUTF16(wide), true
	}
	if len(d.rest) > 0 {
		p = append(d.rest, p...)
	}
	d.rest = nil
	var order binary.ByteOrder = binary.LittleEndian
	if d.label == "utf-16be" {
		order = binary.BigEndian
	}
	if more {
		n := len(p)
		if d.label == "utf-8" {
			n -= unfinished(p)
		} else if n &^= 1; n > 0 && order.Uint16(p[n-2:])&0xfc00 == 0xd800 {
			n -= 2
		}
		d.rest, p = append(d.rest, p[n:]...), p[:n]
	}
	begun := d.begun
	d.begun = more && (begun || len(p) > 0)
	if d.label == "utf-8" {
		if !begun && !d.keepMark && len(p) >= 3 && string(p[:3]) == "\ufeff" {
			p = p[3:]
		}
		if d.fatal && !utf8.Valid(p) {
			d.rest, d.begun = nil, false
			return nil, false
		}
		return utf8Text.string(vm, p), true
	}
	wide := make([]uint16, 0, len(p)/2+1)
	for ; len(p) > 1; p = p[2:] {
		wide = append(wide, order.Uint16(p))
	}
	good := len(p) == 0
	if !good && (len(wide) == 0 || wide[len(wide)-1]&0xfc00 != 0xd800) {
		wide = append(wide, utf8.RuneError) // with half a pair before it, it is one
	}
	for i := 0; i < len(wide); {
		c, n := firstRune(wide[i:])
		if c == utf8.RuneError && wide[i] != utf8.RuneError {
			wide[i], good = utf8.RuneError, false
		}
		i += n
	}
	if d.fatal && !good {
		d.rest, d.begun = nil, false
		return nil, false
	}
	if !begun && !d.keepMark && len(wide) > 0 && wide[0] == 0xfeff {
		wide = wide[1:]
	}
	return goja.StringFromUTF16(wide), true
}

// unfinished returns how many bytes at the end of p are the right start of a
// character that needs more.
func unfinished(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if have, size := utf8Start(tail); have == n && size > have {
				return n
			}
			return 0
		}
	}
	return 0
}
