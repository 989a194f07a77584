// Copyright 2026 The duplex authors. MIT license.

package recording

import (
	"fmt"
	"io"
	"strings"
)

// A Text2pcap writes the bytes of a conversation in the form that text2pcap -D reads: O is
// what the side that recorded has sent, I what it has received. A comment holds the command
// line for it.
type Text2pcap struct {
	w     io.Writer
	begun bool
}

// NewText2pcap returns a Text2pcap that writes to w.
func NewText2pcap(w io.Writer) *Text2pcap { return &Text2pcap{w: w} }

// Write writes a step of the conversation.
func (t *Text2pcap) Write(c *Conversation, s *Step) error {
	if s.Kind != Data {
		return nil
	}
	var b strings.Builder
	if !t.begun {
		t.begun = true
		ends := endpoints(c)
		us, peer := ends[c.Recorder], ends[c.Recorder.Other()]
		family := "-4"
		if us.Addr().Is6() {
			family = "-6"
		}
		fmt.Fprintf(&b, "# text2pcap -D -t '%%Y-%%m-%%d %%H:%%M:%%S.%%f' %s %s,%s -T %d,%d FILE OUT\n",
			family, us.Addr(), peer.Addr(), us.Port(), peer.Port())
	}
	way := "I"
	if s.From == c.Recorder {
		way = "O"
	}
	for data := s.Data; len(data) > 0; data = data[min(len(data), mostOfSegment):] {
		fmt.Fprintf(&b, "%s %s\n", way, s.Time.UTC().Format("2006-01-02 15:04:05.000000"))
		appendRows(&b, data[:min(len(data), mostOfSegment)])
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

// appendRows appends bytes in rows of 16, each with its offset.
func appendRows(b *strings.Builder, data []byte) {
	for at := 0; at < len(data); at += 16 {
		fmt.Fprintf(b, "%06x % x\n", at, data[at:min(at+16, len(data))])
	}
}
