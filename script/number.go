// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/dop251/goja"
)

// parseInt is the function of that name. goja's own rounds again with each digit beyond
// 2 ** 53, and has no -0.
func (r *Runtime) parseInt(call goja.FunctionCall) goja.Value {
	text := strings.TrimLeftFunc(call.Argument(0).String(), func(c rune) bool {
		return c == '\uFEFF' || c != '\u0085' && unicode.IsSpace(c)
	})
	radix := 0
	if number := call.Argument(1).ToNumber(); !goja.IsInfinity(number) {
		radix = int(int32(number.ToInteger()))
	}
	negative := strings.HasPrefix(text, "-")
	if negative || strings.HasPrefix(text, "+") {
		text = text[1:]
	}
	if (radix == 0 || radix == 16) && len(text) > 1 && (text[:2] == "0x" || text[:2] == "0X") {
		text, radix = text[2:], 16
	}
	if radix == 0 {
		radix = 10
	}
	if radix < 2 || radix > 36 {
		return goja.NaN()
	}
	end := 0
	for end < len(text) && digit(text[end]) < radix {
		end++
	}
	if end == 0 {
		return goja.NaN()
	}
	if small, err := strconv.ParseInt(text[:end], radix, 54); err == nil && (small != 0 || !negative) {
		if negative {
			small = -small
		}
		return r.vm.ToValue(small)
	}
	value := 0.0
	switch {
	case radix == 10:
		value, _ = strconv.ParseFloat(text[:end], 64) // infinite when it is out of range
	case radix&(radix-1) == 0:
		whole, _ := new(big.Int).SetString(text[:end], radix)
		value, _ = new(big.Float).SetInt(whole).Float64()
	default: // as many digits at once as 32 bits hold, as V8 does
		for at := end - len(strings.TrimLeft(text[:end], "0")); at < end; {
			part, factor := 0, 1
			for ; at < end && factor*radix <= math.MaxUint32/36; at++ {
				part, factor = part*radix+digit(text[at]), factor*radix
			}
			value = value*float64(factor) + float64(part)
		}
	}
	if negative {
		value = math.Copysign(value, -1)
	}
	return r.vm.ToValue(value)
}

// digit returns the value of a digit, 36 for what is none.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 36
}
