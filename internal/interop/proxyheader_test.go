// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"

	"github.com/pires/go-proxyproto"

	"github.com/duplex-go/duplex"
)

// proxyHeaders are headers of every kind.
var proxyHeaders = []duplex.ProxyHeader{
	{Version: 1},
	{Version: 1, Source: netip.MustParseAddrPort("192.0.2.1:1"), Destination: netip.MustParseAddrPort("198.51.100.1:65535")},
	{Version: 1, Source: netip.MustParseAddrPort("[2001:db8::1]:1"), Destination: netip.MustParseAddrPort("[::1]:0")},
	{Version: 2, Local: true},
	{Version: 2, Source: netip.MustParseAddrPort("192.0.2.1:1"), Destination: netip.MustParseAddrPort("198.51.100.1:65535")},
	{Version: 2, Source: netip.MustParseAddrPort("[2001:db8::1]:1"), Destination: netip.MustParseAddrPort("[::1]:2"),
		TLVs: []duplex.ProxyTLV{{Type: 1, Value: []byte("h2")}, {Type: 4}, {Type: 0xea, Value: bytes.Repeat([]byte("x"), 300)}}},
}

// TestProxyHeadersAgreeWithGoProxyproto reads and writes headers with both, and then many
// that are changed at random.
func TestProxyHeadersAgreeWithGoProxyproto(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	agreed, changes := 0, 100_000
	for i := range proxyHeaders {
		p, err := proxyHeaders[i].Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		theirs := compare(t, p)
		if theirs == nil {
			t.Fatalf("%q: refused by go-proxyproto", p)
		}
		again, err := theirs.Format()
		if err != nil || !bytes.Equal(again, p) {
			t.Errorf("%q: go-proxyproto writes %q, %v", p, again, err)
		}
		for range changes / len(proxyHeaders) {
			q := bytes.Clone(p)
			for range 1 + random.IntN(3) {
				at := random.IntN(min(len(q), 60))
				switch random.IntN(4) {
				case 0:
					q[at] = byte(random.Uint32())
				case 1:
					q[at] ^= 1 << random.IntN(8)
				case 2:
					q = append(q[:at], q[at+1:]...)
				case 3:
					q = append(q[:at], append([]byte{q[random.IntN(len(q))]}, q[at:]...)...)
				}
			}
			if compare(t, q) != nil {
				agreed++
			}
		}
	}
	t.Logf("of %d changed headers, both read %d, and alike", changes, agreed)
}

// TestALocalHeaderIsTakenWhateverItsChecksum has the case in which the specification says
// two things: a checksum that does not agree makes a connection invalid, and a LOCAL
// connection must be accepted and the rest of its header discarded. HAProxy, which sends
// checksums with LOCAL, and go-proxyproto do the latter, and so do we.
func TestALocalHeaderIsTakenWhateverItsChecksum(t *testing.T) {
	for what, sum := range map[string]string{"the right one": "\xa9\xb8\x7e\x8f", "a wrong one": "\x01\x02\x03\x04"} {
		p := "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x07\x03\x00\x04" + sum
		if compare(t, []byte(p)) == nil {
			t.Errorf("%s: one of both refuses it", what)
		}
	}
}

// compare reads p with both. It returns their header if both accept it.
func compare(t *testing.T, p []byte) *proxyproto.Header {
	t.Helper()
	ours, _, err := duplex.ParseProxyHeader(p)
	theirs, theirErr := proxyproto.Read(bufio.NewReaderSize(bytes.NewReader(p), 1<<16))
	accepted, theyAccept := ours != nil && err == nil, theirErr == nil
	if accepted != theyAccept {
		if why := differs(p, theirs); why == "" {
			t.Errorf("%q: we say %+v, %v; go-proxyproto %+v, %v", p, ours, err, theirs, theirErr)
		}
		return nil
	}
	if !accepted {
		return nil
	}
	if ours.Local != theirs.Command.IsLocal() && ours.Version == 2 {
		t.Errorf("%q: Local is %v", p, ours.Local)
	}
	if from, to, ok := theirs.TCPAddrs(); ok && !theirs.Command.IsLocal() {
		same(t, p, ours.Source, from)
		same(t, p, ours.Destination, to)
	} else if ours.Source.IsValid() {
		t.Errorf("%q: we say %v; go-proxyproto has no address", p, ours.Source)
	}
	if ours.Local { // of which we read nothing else
		return theirs
	}
	tlvs, err := theirs.TLVs()
	if err != nil || len(tlvs) != len(ours.TLVs) {
		t.Errorf("%q: we have %d TLVs, go-proxyproto %d, %v", p, len(ours.TLVs), len(tlvs), err)
		return theirs
	}
	for i, tlv := range ours.TLVs {
		if byte(tlvs[i].Type) != tlv.Type || !bytes.Equal(tlvs[i].Value, tlv.Value) {
			t.Errorf("%q: TLV %d is %+v, and %+v for go-proxyproto", p, i, tlv, tlvs[i])
		}
	}
	return theirs
}

// differs returns why the two may disagree whether p is a header, or "".
func differs(p []byte, theirs *proxyproto.Header) string {
	if len(p) < 16 || p[0] == 'P' {
		return ""
	}
	length := binary.BigEndian.Uint16(p[14:])
	switch {
	case p[12] == 0x21 && p[13] == 0:
		return "they refuse PROXY with UNSPEC, and the specification leaves it to the receiver"
	case p[12] == 0x20:
		return "we ignore all of LOCAL, as the specification says, its family too"
	case p[13]&0xf == 2:
		return "we refuse datagrams"
	case length > 4096:
		return "their limit is 4 KiB, ours 16 KiB"
	}
	if theirs != nil {
		tlvs, err := theirs.TLVs()
		if err != nil {
			return "they look at TLVs later"
		}
		for _, tlv := range tlvs {
			if tlv.Type == proxyproto.PP2_TYPE_CRC32C {
				return "they do not look at the checksum"
			}
		}
	}
	return ""
}

func same(t *testing.T, p []byte, ours netip.AddrPort, theirs *net.TCPAddr) {
	t.Helper()
	want := theirs.AddrPort()
	if ours.Port() != want.Port() || ours.Addr().Unmap() != want.Addr().Unmap() {
		t.Errorf("%q: we say %v, go-proxyproto %v", p, ours, want)
	}
}
