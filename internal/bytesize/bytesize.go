// Copyright 2026 The duplex authors. MIT license.

// Package bytesize reads numbers of bytes that people write, such as 1500, 64KB or 1.5MiB.
package bytesize

import (
	"strconv"
	"strings"
)

// units are those that a number may have, in capitals. A KB is 1000 bytes, a KiB 1024.
var units = map[string]float64{
	"": 1, "B": 1,
	"K": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9,
	"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30,
}

// Parse returns the number of bytes that text stands for, which may be negative or broken,
// and whether text has a unit. The caller knows which numbers make sense. It is ok if text
// has the form of a size.
func Parse(text string) (n float64, united, ok bool) {
	unit := strings.TrimLeft(text, "0123456789.+-eE")
	n, err := strconv.ParseFloat(text[:len(text)-len(unit)], 64)
	factor, known := units[strings.ToUpper(unit)]
	return n * factor, unit != "", known && err == nil
}
