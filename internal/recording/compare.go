// Copyright 2026 The duplex authors. MIT license.

package recording

import (
	"bytes"
	"fmt"
	"strconv"
)

// A Check compares what a side sends with what it has sent in a conversation: the bytes,
// and not how the network cuts them.
type Check struct {
	steps []Step // those of the side that have data, and are not compared to their end
	begun int    // bytes of the first step that have come
	at    int64  // all bytes that have come
}

// NewCheck returns a Check of one side.
func NewCheck(c *Conversation, from Side) *Check {
	k := new(Check)
	for _, s := range c.Steps {
		if s.From == from && len(s.Data) > 0 {
			k.steps = append(k.steps, s)
		}
	}
	return k
}

// A Difference is where a side sends something else than it has.
type Difference struct {
	At        int64  // the number of bytes that are equal
	Line      int    // of the recording; 0 after its end
	Got, Want []byte // from there on; an empty one has ended
	ended     bool   // no more comes
}

func (d *Difference) Error() string {
	got, want := excerpt(d.Got), excerpt(d.Want)
	place := fmt.Sprintf("(line %d)", d.Line)
	switch {
	case d.ended:
		return fmt.Sprintf("the peer has sent %d B, and not what was recorded after them: %s %s", d.At, want, place)
	case len(d.Want) == 0:
		return fmt.Sprintf("the peer sends more than the %d B that were recorded: %s", d.At, got)
	}
	return fmt.Sprintf("byte %d differs: got %s, recorded %s %s", d.At+1, got, want, place)
}

// mostOfExcerpt is how many bytes a difference shows of each side.
const mostOfExcerpt = 24

// excerpt returns the first bytes of p in quotes.
func excerpt(p []byte) string {
	if len(p) > mostOfExcerpt {
		return strconv.QuoteToASCII(string(p[:mostOfExcerpt])) + "…"
	}
	return strconv.QuoteToASCII(string(p))
}

// Take compares the next bytes that have come. It returns a difference, nil if there is
// none.
func (k *Check) Take(data []byte) *Difference {
	for len(data) > 0 {
		if len(k.steps) == 0 {
			return &Difference{At: k.at, Got: data}
		}
		want := k.steps[0].Data[k.begun:]
		n := min(len(want), len(data))
		if !bytes.Equal(want[:n], data[:n]) {
			same := 0
			for want[same] == data[same] {
				same++
			}
			return &Difference{At: k.at + int64(same), Line: k.steps[0].Line, Got: data[same:], Want: want[same:]}
		}
		k.at += int64(n)
		data = data[n:]
		if k.begun += n; n == len(want) {
			k.steps, k.begun = k.steps[1:], 0
		}
	}
	return nil
}

// End returns what is missing when no more bytes come, nil if nothing is.
func (k *Check) End() *Difference {
	if len(k.steps) == 0 {
		return nil
	}
	return &Difference{At: k.at, Line: k.steps[0].Line, Want: k.steps[0].Data[k.begun:], ended: true}
}
