// Copyright 2026 The duplex authors. MIT license.

package faults

import "math"

// A lot is a source of decisions: for each offset of a stream it has one number, which
// looks random. Equal lots have equal numbers.
type lot uint64

// newLot returns the lot of a name. The numbers tell it from other lots of the name.
func newLot(seed uint64, name string, numbers ...uint64) lot {
	h := mix(seed)
	for i := range len(name) {
		h = mix(h ^ uint64(name[i]))
	}
	h = mix(h ^ uint64(len(name))<<32)
	for _, n := range numbers {
		h = mix(h ^ n)
	}
	return lot(h)
}

// at returns the number of an offset.
func (l lot) at(offset int64) uint64 { return mix(uint64(l) ^ mix(uint64(offset))) }

// unit returns the number of an offset as one from 0 to 1, without 1.
func (l lot) unit(offset int64) float64 { return float64(l.at(offset)>>11) / (1 << 53) }

// after returns the first offset from the given one on that is hit, if each is hit with
// the chance. The gap has the geometric distribution, so the cost is that of the hits and
// not of the offsets.
func (l lot) after(offset int64, chance float64) int64 {
	if chance <= 0 {
		return math.MaxInt64
	}
	gap := math.Log1p(-l.unit(offset)) / math.Log1p(-chance) // Log would take 1-chance for 1
	if gap > math.MaxInt64/4 {
		return math.MaxInt64
	}
	return offset + int64(gap)
}

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
