// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A server that answers everything with goodbye, and a client that says hello to it.
// The events of one end have no fixed order with those of the other.
func Example() {
	goodbye := &duplex.Handler{
		Encoding:  codec.UTF8,                                       // whole characters, as Node's setEncoding('utf8')
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() }, // one client is enough
		OnData: func(s *duplex.Socket, text []byte) {
			fmt.Printf("server: %s\n", text)
			s.WriteString("goodbye!!!")
			s.End()
		},
		OnClose: func(s *duplex.Socket) { fmt.Println("server: close") },
	}
	hello := &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.WriteString("HelloWorld!!!") },
		OnData:    func(s *duplex.Socket, p []byte) { fmt.Printf("client: %s\n", p) },
		OnEnd:     func(s *duplex.Socket) { fmt.Println("client: end") },
		OnClose:   func(s *duplex.Socket) { fmt.Println("client: close") },
	}

	srv := &duplex.Server{Handler: goodbye}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), hello)
	duplex.Wait()
	// Unordered output:
	// server: HelloWorld!!!
	// client: goodbye!!!
	// client: end
	// client: close
	// server: close
}

// OnData receives whole characters if the Handler has an Encoding, and whole lines or
// other frames if it has a Framing, in whatever parts the bytes arrived.
func ExampleHandler() {
	words := &duplex.Handler{
		Encoding:  codec.UTF8,
		Framing:   codec.Lines,
		MaxFrame:  1 << 10, // a longer line closes the socket with ErrFrameTooLong
		OnConnect: func(s *duplex.Socket) { fmt.Println("connected"); s.Server().Unlisten() },
		OnData:    func(s *duplex.Socket, line []byte) { fmt.Printf("%q\n", line) },
		OnEnd:     func(s *duplex.Socket) { fmt.Println("that was all") }, // End follows by itself
		OnError:   func(s *duplex.Socket, err error) { fmt.Println("lost:", duplex.Code(err)) },
		OnClose:   func(s *duplex.Socket) { fmt.Println("failed:", s.Err() != nil) },
	}

	srv := &duplex.Server{Handler: words}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	s := duplex.Connect("tcp", srv.Addr().String(), nil)
	for _, piece := range []string{"first\nse", "cond\r\n", "caf\xc3", "\xa9\n"} {
		s.WriteString(piece)
	}
	s.End()
	duplex.Wait()
	// Output:
	// connected
	// "first"
	// "second"
	// "café"
	// that was all
	// failed: false
}

// Both ends of a protocol share one value, which cuts the frames of a stream and makes
// them. A frame that is too long is refused when its length has come; the answer still
// arrives.
func ExampleHandler_framing() {
	frames := codec.Length{Width: 2} // two bytes in network order, then as many bytes as they say
	send := func(s *duplex.Socket, text string) {
		p, err := frames.Append(nil, []byte(text))
		if err != nil {
			s.Destroy(err) // the text has more than 65,535 bytes
			return
		}
		s.Write(p)
	}

	greeter := &duplex.Handler{
		Framing:   frames,
		MaxFrame:  64,
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
		OnData:    func(s *duplex.Socket, name []byte) { send(s, "hello, "+string(name)) },
		OnError:   func(s *duplex.Socket, err error) { send(s, "sorry: "+duplex.Code(err)) },
	}
	srv := &duplex.Server{Handler: greeter}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	s := duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		Framing: frames,
		OnData:  func(_ *duplex.Socket, answer []byte) { fmt.Printf("%s\n", answer) },
	})
	send(s, "Alice")
	send(s, "Bob")
	send(s, strings.Repeat("x", 65))
	duplex.Wait()
	// Output:
	// hello, Alice
	// hello, Bob
	// sorry: ERR_FRAME_TOO_LONG
}

// An echo server serves a client of package net: the two ends of a connection need not
// both be duplex.
func ExampleServer() {
	srv := &duplex.Server{
		Handler: &duplex.Handler{
			OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
		},
		MaxConns: 1000,
		OnDrop:   func(d duplex.Drop) { log.Println("dropped:", d.Remote, d.Reason) },
		OnClose:  func() { fmt.Println("closed") },
		Options:  duplex.Options{IdleTimeout: time.Minute},
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	c, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(c, "hello")
	line, _ := bufio.NewReader(c).ReadString('\n')
	fmt.Print(line)
	c.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil { // ends every socket, and waits
		srv.Close()
	}
	// Output:
	// hello
	// closed
}

// Write never blocks, so a program that has much to send stops at NeedDrain, and goes on
// in OnDrain. Memory stays flat, however slowly the peer reads.
func ExampleSocket() {
	rest := 20 << 20
	chunk := make([]byte, 16<<10)
	send := func(s *duplex.Socket) {
		for rest > 0 && !s.NeedDrain() {
			s.Write(chunk)
			rest -= len(chunk)
		}
		if rest == 0 {
			s.End() // FIN follows all of it
		}
	}
	source := &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten(); send(s) },
		OnDrain:   send,
	}

	srv := &duplex.Server{Handler: source}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnClose: func(s *duplex.Socket) { fmt.Println(s.BytesRead()>>20, "MiB,", s.State()) },
	})
	duplex.Wait()
	// Output: 20 MiB, closed
}

// Two sockets that are piped to each other are a proxy. It waits when one side is slow.
// It passes on the end of each direction by itself, and a reset at once, so that no peer
// takes a part for the whole.
func ExampleSocket_Pipe() {
	echo := &duplex.Server{Handler: &duplex.Handler{
		OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
	}}
	if err := echo.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	proxy := &duplex.Server{Handler: &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			client := &duplex.Client{Near: s} // on the same loop
			up := client.Connect(context.Background(), "tcp", echo.Addr().String(), nil)
			s.Pipe(up)
			up.Pipe(s)
		},
	}}
	if err := proxy.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	c, err := net.Dial("tcp", proxy.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprint(c, "there and back")
	c.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(c)
	fmt.Printf("%s, %v\n", answer, err)
	c.Close()
	echo.Unlisten()
	proxy.Unlisten()
	duplex.Wait()
	// Output: there and back, <nil>
}

// A program that would rather read in a loop of its own, as `for await` does in Node,
// gets an [io.Reader] from an [io.Pipe]. The socket reads no faster than the loop.
func ExampleSocket_WriteTo() {
	srv := &duplex.Server{Handler: &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.WriteString("one\ntwo\nthree\n"); s.End() },
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	client := &duplex.Client{Options: duplex.Options{PauseOnConnect: true}} // until WriteTo
	s := client.Connect(context.Background(), "tcp", srv.Addr().String(), nil)

	r, w := io.Pipe()
	go func() {
		_, err := s.WriteTo(w)
		w.CloseWithError(err) // io.EOF at the peer's end
	}()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		fmt.Println(lines.Text())
	}
	srv.Unlisten()
	duplex.Wait()
	// Output:
	// one
	// two
	// three
}

// A connection that cannot be made is an error of the socket, like all later failures.
func ExampleConnect() {
	duplex.Connect("tcp", "127.0.0.1:0", &duplex.Handler{ // it does not wait
		OnConnect: func(s *duplex.Socket) { fmt.Println("connected") },
		OnError:   func(s *duplex.Socket, err error) { fmt.Println("error:", duplex.Code(err)) },
		OnClose:   func(s *duplex.Socket) { fmt.Println("closed") },
	})
	duplex.Wait()
	// Output:
	// error: ECONNREFUSED
	// closed
}

// A client that has 3 seconds for the lookup and all attempts, reports failed attempts,
// and does not connect to private addresses.
func ExampleClient() {
	private := new(duplex.BlockList)
	private.AddPrefix(duplex.PrivateRanges()...)
	client := &duplex.Client{
		Timeout: 3 * time.Second,
		OnAttemptFailed: func(s *duplex.Socket, addr netip.AddrPort, err error) {
			fmt.Println("not", addr)
		},
		Options: duplex.Options{BlockList: private},
	}
	client.Connect(context.Background(), "tcp", "10.1.2.3:80", &duplex.Handler{
		OnError: func(s *duplex.Socket, err error) { fmt.Println(duplex.Code(err)) },
	})
	duplex.Wait()
	// Output:
	// not 10.1.2.3:80
	// ERR_IP_BLOCKED
}

// A chat room: every member receives every message.
func ExampleBroadcast() {
	joined := make(chan bool)
	room := new(duplex.Server)
	room.Handler = &duplex.Handler{
		OnConnect: func(*duplex.Socket) { joined <- true },
		OnData:    func(_ *duplex.Socket, p []byte) { duplex.Broadcast(room.Sockets(), p) },
	}
	if err := room.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	member := &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
		fmt.Printf("%s\n", p)
		s.End()
	}}
	alice := duplex.Connect("tcp", room.Addr().String(), member)
	<-joined
	duplex.Connect("tcp", room.Addr().String(), member)
	<-joined
	alice.WriteString("hello, all")
	room.Unlisten()
	duplex.Wait()
	// Output:
	// hello, all
	// hello, all
}

// A client that connects again after each close. The delay doubles up to a limit, and
// chance spreads the clients of a server that comes back. Wait counts the function of
// AfterFunc, so the program goes on meanwhile.
func ExampleEngine_AfterFunc() {
	const shortest, longest = 10 * time.Millisecond, time.Minute
	var client duplex.Client
	delay := shortest
	failures := 0
	var connect func()
	connect = func() {
		client.Connect(context.Background(), "tcp", "127.0.0.1:0", &duplex.Handler{
			OnConnect: func(*duplex.Socket) { delay = shortest },
			OnClose: func(s *duplex.Socket) {
				fmt.Println("closed:", duplex.Code(s.Err()))
				if failures++; failures == 3 {
					return // enough: nothing is left to do, and Wait returns
				}
				client.Engine.AfterFunc(delay/2+rand.N(delay/2), connect) // a nil Engine is the shared one
				delay = min(2*delay, longest)
			},
		})
	}
	connect()
	duplex.Wait()
	// Output:
	// closed: ECONNREFUSED
	// closed: ECONNREFUSED
	// closed: ECONNREFUSED
}

// A Blocking callback that does not return is ended from outside: Engine.AfterFunc does
// not wait for it, and Destroy closes the connection while it runs.
func ExampleHandler_blocking() {
	var engine *duplex.Engine // nil is the shared one
	hungUp := make(chan bool)
	slow := &duplex.Handler{
		Blocking:  true,
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
		OnData: func(s *duplex.Socket, p []byte) {
			limit := engine.AfterFunc(10*time.Millisecond, func() { s.Destroy(errors.New("too slow")) })
			defer limit.Stop()
			<-hungUp // work that does not end
		},
		OnClose: func(s *duplex.Socket) { fmt.Println("server:", s.Err()) },
	}
	srv := &duplex.Server{Handler: slow}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.WriteString("work") },
		OnClose: func(s *duplex.Socket) {
			fmt.Println("client: closed")
			close(hungUp)
		},
	})
	duplex.Wait()
	// Output:
	// client: closed
	// server: too slow
}

func ExampleBlockList() {
	var list duplex.BlockList
	list.Add(netip.MustParseAddr("192.0.2.1"))
	list.AddRange(netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.9"))
	list.AddPrefix(netip.MustParsePrefix("2001:db8::/32"))
	fmt.Println(list.Contains(netip.MustParseAddr("::ffff:198.51.100.5")))
	fmt.Println(strings.Join(list.Rules(), "\n"))
	// Output:
	// true
	// Subnet: IPv6 2001:db8::/32
	// Range: IPv4 198.51.100.1-198.51.100.9
	// Address: IPv4 192.0.2.1
}
