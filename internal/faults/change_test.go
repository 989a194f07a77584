// Copyright 2026 The duplex authors. MIT license.

package faults

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

// Toxics that delay and cut come, change and go while bytes are under way. All bytes come
// out, in their order, and the end after them.
func TestChangesKeepAllBytesInOrder(t *testing.T) {
	texts := []string{
		"latency:10ms±10ms@up", "latency:400ms@up", "bandwidth:40KB/s@up", "bandwidth:1MB/s@up", "slice:10..200,1ms@up",
		"slice:10..200@up", "stall:p=0.2,100ms@up", "slow_close:200ms@up", "latency:10ms@up@50%",
	}
	for seed := range uint64(50) {
		chance := rand.New(rand.NewPCG(seed, 0))
		set := &Set{Seed: seed}
		toxic := func() Toxic {
			parsed, err := Parse(texts[chance.IntN(len(texts))], 1)
			if err != nil {
				t.Fatal(err)
			}
			parsed[0].Name = string(rune('a' + chance.IntN(4)))
			return parsed[0]
		}
		set.Add(toxic())
		l := &Line{set: set, direction: Up}
		l.Follow(0)
		var sent, got []byte
		ended, now := false, time.Duration(0)
		take := func() {
			for {
				p, due := l.Next(now, false)
				if !due {
					return
				}
				if ended {
					t.Fatalf("seed %d: something comes after the end", seed)
				}
				ended = p.What == End
				got = append(got, p.Data...)
			}
		}
		for range 200 {
			now += time.Duration(chance.IntN(20)) * time.Millisecond
			switch chance.IntN(6) {
			case 0:
				if added := toxic(); set.Replace(added) != nil {
					set.Add(added)
				}
				l.Follow(now)
			case 1:
				set.Remove(toxic().Name)
				l.Follow(now)
			default:
				p := make([]byte, chance.IntN(3000))
				for i := range p {
					p[i] = byte(chance.Uint32())
				}
				sent = append(sent, p...)
				l.Put(now, p)
			}
			take()
		}
		l.End(now)
		for range 10 {
			now += time.Hour
			take()
		}
		if !ended || !bytes.Equal(got, sent) {
			t.Fatalf("seed %d: ended %t, %d of %d bytes came, the same up to %d", seed, ended, len(got), len(sent), same(got, sent))
		}
	}
}

// same returns how many bytes at the beginning of a and b are the same.
func same(a, b []byte) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
