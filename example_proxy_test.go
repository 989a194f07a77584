// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"fmt"
	"log"
	"net/netip"
	"os"

	"github.com/duplex-go/duplex"
)

// A program that reads the header by itself. A Server with TrustedProxies does that, and
// Socket.ProxyHeader has the result.
func ExampleParseProxyHeader() {
	const hostTLV = 0x02 // the host that the client asked for
	sent := duplex.ProxyHeader{
		Source:      netip.MustParseAddrPort("192.0.2.7:51234"),
		Destination: netip.MustParseAddrPort("192.0.2.1:443"),
		TLVs:        []duplex.ProxyTLV{{Type: hostTLV, Value: []byte("example.org")}},
	}
	p, err := sent.Append(nil)
	if err != nil {
		log.Fatal(err)
	}
	p = append(p, "GET /"...)

	if h, _, err := duplex.ParseProxyHeader(p[:10]); h == nil && err == nil {
		fmt.Println("more is to come")
	}
	h, n, err := duplex.ParseProxyHeader(p)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v for %s, then %q\n", h.Source, h.TLVs[0].Value, p[n:])
	_, _, err = duplex.ParseProxyHeader([]byte("GET / HTTP/1.1\r\n"))
	fmt.Println(errors.Is(err, duplex.ErrProxyHeader))
	// Output:
	// more is to come
	// 192.0.2.7:51234 for example.org, then "GET /"
	// true
}

// A server that systemd has started has its listeners from there, by their names; started by
// hand it makes its own.
func ExampleInheritedListeners() {
	srv := &duplex.Server{Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}}
	inherited, err := duplex.InheritedListeners()
	if err != nil {
		log.Fatal(err) // the variables of systemd do not fit
	}
	for _, l := range inherited {
		if l.Name == "echo.socket" {
			err = srv.ListenOn(l.Listener)
		}
	}
	if srv.Addr() == nil && err == nil {
		err = srv.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(inherited), os.Getenv("LISTEN_FDS") == "")
	srv.Close()
	// Output: 0 true
}

// TryWrite is for what is of no use later: the kernel takes it now, or it is left out. A
// message that the kernel has taken in part is completed by Write.
func ExampleSocket_TryWrite() {
	position := []byte("x=1 y=2\n")
	sent := make(chan string)
	srv := &duplex.Server{Handler: &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			n, err := s.TryWrite(position)
			if err == nil && n > 0 {
				s.Write(position[n:])
			}
			s.End()
		},
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnData:  func(_ *duplex.Socket, p []byte) { sent <- string(p) },
		OnClose: func(*duplex.Socket) { close(sent) },
	})
	for text := range sent {
		fmt.Print(text)
	}
	srv.Close()
	// Output: x=1 y=2
}
