// Copyright 2026 The duplex authors. MIT license.

package bytesize

import "testing"

func TestSizesAreRead(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   float64
		united bool
	}{
		{"0", 0, false}, {"1500", 1500, false}, {"1.5", 1.5, false}, {"1e3", 1000, false}, {"-1", -1, false},
		{"1B", 1, true}, {"64K", 64000, true}, {"64KB", 64000, true}, {"64kB", 64000, true}, {"64kib", 64 << 10, true},
		{"1.5MB", 1.5e6, true}, {"0.5MiB", 1 << 19, true}, {"2G", 2e9, true}, {"1GiB", 1 << 30, true}, {"1e-3KB", 1, true},
	} {
		if n, united, ok := Parse(c.text); !ok || n != c.want || united != c.united {
			t.Errorf("%s is %v, with a unit %t, ok %t; want %v, %t", c.text, n, united, ok, c.want, c.united)
		}
	}
	for _, text := range []string{"", "B", "KiB", "NaN", "Inf", "0x10", "1_000", "1 KB", "1XB", "1KBs", "e", "1e", "1.2.3", "1e999", "½KB", "1KiBKiB"} {
		if n, _, ok := Parse(text); ok {
			t.Errorf("%s is %v", text, n)
		}
	}
}
