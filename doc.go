// Copyright 2026 The duplex authors. MIT license.

// Package duplex is event-driven TCP: the meaning of Node.js's net, on event
// loops of its own.
//
// A [Server] gives every client a [Socket] of its own; a [Client] makes one. What
// happens to a socket is told to its [Handler]: it connected, bytes came, the peer
// ended, the queue of writes drained, it failed, it closed. This is a whole server,
// and its client:
//
//	var goodbye = &duplex.Handler{
//		Encoding:  codec.UTF8, // whole characters, as Node's setEncoding('utf8')
//		OnConnect: func(s *duplex.Socket) { log.Println("connection", s.RemoteAddr()) },
//		OnData: func(s *duplex.Socket, text []byte) {
//			log.Printf("%s", text)
//			io.WriteString(s, "goodbye!!!")
//		},
//		OnError: func(s *duplex.Socket, err error) { log.Println("error", err) },
//		OnClose: func(s *duplex.Socket) { log.Println("close") },
//	}
//
//	var hello = &duplex.Handler{
//		OnConnect: func(s *duplex.Socket) { io.WriteString(s, "HelloWorld!!!") },
//		OnData: func(s *duplex.Socket, p []byte) {
//			log.Printf("%s", p)
//			s.End()
//		},
//		OnError: func(s *duplex.Socket, err error) { log.Println("error", err) },
//	}
//
//	func main() {
//		srv := &duplex.Server{Handler: goodbye}
//		if err := srv.Listen("tcp", "127.0.0.1:6666"); err != nil {
//			log.Fatal(err)
//		}
//		duplex.Connect("tcp", "127.0.0.1:6666", hello)
//		duplex.Wait()
//	}
//
// # Loops and goroutines
//
// Sockets live on the event loops of an [Engine], one goroutine each, and cost no
// goroutine of their own. Callbacks run on the loop, so they need no locks among
// those of one socket, and they must not block: a handler that has to, says
// Blocking. Every method of Socket may be called from any goroutine, returns at
// once, and takes effect in the order of the calls.
//
// # Names
//
// Where a word is Node's, so is its meaning: End flushes and sends FIN, Destroy
// closes now, Pause and Resume, Ref and Unref. Where a word is Go's, so is its
// meaning: Write is a true [io.Writer] that takes all or nothing, Close a true
// [io.Closer], errors are [*net.OpError], options are fields whose zero value is
// the default.
//
// # Backpressure
//
// Write never blocks. What the kernel does not take waits in the socket, up to
// MaxWriteBuffer; at the high-water mark NeedDrain becomes true, and OnDrain tells
// when the queue is empty again. Pause stops reading from the kernel, so that the
// peer's own writes come to wait.
//
// # Half-open connections
//
// A TCP connection ends once in each direction. When the peer has ended, OnEnd is
// told and End follows by itself; with AllowHalfOpen the program goes on sending
// and calls End when it is done. Nothing is lost either way: everything written
// before End reaches a peer that reads it.
//
// # Testing
//
// Package duplextest has pairs of sockets and recorders of their events. Engines
// on the driver "memory" need no network and run under [testing/synctest], with
// virtual time.
package duplex
