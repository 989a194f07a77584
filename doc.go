// Copyright 2026 The duplex authors. MIT license.

// Package duplex is event-driven TCP: the meaning of Node.js's net, on event
// loops of its own.
//
// A [Server] accepts connections, a [Client] makes them, and each connection is a
// [Socket]. A [Handler] holds the callbacks of a socket: it connected, bytes
// arrived, the peer ended, the write queue drained, it failed, it closed. This is a
// complete server, with a client:
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
// Sockets live on the event loops of an [Engine]. A loop is one goroutine, and a
// socket needs no goroutine of its own. Callbacks of a socket run on its loop, one at
// a time, so they need no locks among themselves. They must not block: a slow
// callback delays every socket of its loop. A handler that has to block sets
// [Handler.Blocking]; its callbacks then run on a goroutine of the socket.
// [Handler.Workers] limits how many of them run at a time.
//
// Any goroutine may call any method of a Socket. Most methods return at once, and
// their effect is reported later, by a callback. These wait:
//
//   - [Socket.ReadFrom] and [Socket.WriteTo] copy a whole stream.
//   - [Server.Listen] looks up a host name or the name of a port.
//   - [Server.Shutdown] and [Server.ShutdownOver] wait for the sockets of the server.
//   - [Engine.Close] and [Wait] wait for the sockets of the engine.
//
// A call that would wait for its own callback returns an error instead; Wait, which
// has no error to return, panics.
//
// # Names
//
// A word from Node keeps Node's meaning: End flushes and sends FIN, Destroy closes
// now, Pause and Resume, Ref and Unref. A word from Go keeps Go's meaning: Socket is
// an [io.Writer] whose Write takes all or nothing, and an [io.Closer]; errors are
// [*net.OpError]; options are fields whose zero value is the default.
//
// # Which verb when
//
// To end a connection:
//
//   - [Socket.End] says "I have sent everything". It flushes the write queue and sends
//     FIN. The socket still receives, and closes when the peer has ended too. This is
//     the usual verb; see the examples of [Socket] and of the package.
//   - [Socket.Close] says "I want no answer". It flushes and sends FIN, discards what
//     still arrives, and gives up after [Options.Linger].
//   - [Socket.Destroy] ends the connection now. Bytes that the kernel does not take at
//     once are lost. An error given to it reaches OnError and [Socket.Err].
//   - [Socket.Reset] is Destroy with RST: the peer sees ECONNRESET, and cannot take the
//     part that it received for the whole.
//
// To end a server:
//
//   - [Server.Unlisten] accepts no more connections and leaves the sockets alone.
//     OnClose follows after the last of them. See the example of [Broadcast].
//   - [Server.Shutdown] stops listening, lets callbacks at work return, ends every
//     socket, and waits until all are closed or its context ends. See the example of
//     [Server].
//   - [Server.ShutdownOver] does that one socket after another, so that the clients do
//     not all connect again at once.
//   - [Server.Close] stops listening and destroys every socket.
//   - [Engine.Close] does that for all servers and clients of an engine, and stops its
//     loops.
//
// To replace a process, [HandOver] passes its listeners on to the next one, which finds
// them by [InheritedListeners].
//
// To hold back:
//
//   - [Socket.Pause] stops reading, and [Socket.Resume] goes on; nothing is lost. TCP
//     makes the peer wait. A paused socket reports no end and no reset of its peer, so
//     give it a timeout.
//   - [Socket.Cork] gathers writes, and [Socket.Uncork] sends them.
//
// To hand a connection over, there is no need to detach it from its loop:
// [Socket.SetHandler] gives it another protocol, [Socket.Pipe] another socket (see the
// example there), [Socket.WriteTo] a reader (see the example there).
//
// To give it to code that is written for package net, package netconn makes a [net.Conn] of
// a socket, and a [net.Listener] of a server; [Socket.Detach] gives the connection itself back
// to package net, and the loop has no more to do with it.
//
// # Backpressure
//
// Write never blocks. Bytes that the kernel does not take wait in the write queue of
// the socket, up to [Options.MaxWriteBuffer]. At the high-water mark
// [Socket.NeedDrain] becomes true; OnDrain is called when the queue is empty again.
// The example of [Socket] sends 20 MiB this way. Pause stops reading from the kernel,
// so that the peer's own writes have to wait.
//
// # Groups
//
// A [Group] is a set of sockets that are written to as one, in order with their own writes: a
// room of a chat, a game, a topic. A socket may be in any number of groups, and leaves them
// when it closes. [Cast] writes to several groups, to each socket once, and can leave out
// sockets and members of others. Both return at once, whatever the number of members: their
// loops do the rest. [Broadcast] writes to any sequence of sockets and does it on the spot,
// which suits a few sockets, and those of one callback.
//
// # Half-open connections
//
// A TCP connection ends once in each direction. When the peer has ended, OnEnd is
// called, and End follows by itself. With [Options.AllowHalfOpen] the program may go
// on sending and calls End when it is done. Nothing is lost either way: everything
// written before End reaches a peer that reads it.
//
// # TLS
//
// [Server.TLS] and [Client.TLS] hold a configuration of crypto/tls, and every socket
// then speaks TLS; [Socket.StartTLS] changes a plain connection to TLS. Events, limits,
// frames, pipes and the laws of [Handler] stay the same. Records are opened and sealed
// on the loop. Only a handshake has a goroutine, a server's from the client's first
// record on. It calls the callbacks of the configuration, which may block. See the
// example of [Server] with the title "Tls", and that of [Socket.StartTLS].
//
// The end of a stream is close_notify. A connection that ends without it may have been
// cut by an attacker, and fails with [ErrTruncated]; for peers that never send
// close_notify there is [Options.AllowTruncation]. [Code] returns Node's code of an error
// of TLS. Renegotiation is refused.
//
// To replace a certificate while a server listens, set GetCertificate of its
// configuration to a function that returns the newest. To demand certificates of clients,
// set ClientAuth and ClientCAs. With TLS 1.3 the client's handshake is complete before
// the server has seen its certificate: a refusal comes after OnConnect of the client, as
// an error of the open socket. The server reports it by OnDrop in any case.
//
// # Timeouts
//
// All but HandshakeTimeout are off by default. Each finds a different fault:
//
//   - [Client.Timeout]: the lookup and all attempts to connect take too long together.
//   - [Options.HandshakeTimeout]: a TLS handshake takes too long.
//   - [Socket.SetTimeout]: no bytes in either direction. It calls OnTimeout and closes
//     nothing.
//   - [Options.IdleTimeout]: no bytes in either direction. It destroys the socket. What
//     the socket sends counts as activity, also if no peer is left to receive it.
//   - [Options.ReadTimeout]: no bytes from the peer, while the socket reads. It finds a
//     silent peer, also while the socket sends.
//   - [Options.FirstByteTimeout]: no byte from the peer since OnConnect. It finds a
//     client that connects and says nothing.
//   - [Handler.FrameTimeout]: a frame takes too long. It finds a client that
//     sends a request byte by byte.
//   - [Options.MaxAge]: the connection is too old, whatever it does.
//   - [Options.WriteTimeout]: bytes wait, and the kernel takes none. It finds a peer
//     that does not read.
//   - [Options.UserTimeout]: the peer's system does not acknowledge what was sent. It
//     finds a cut link while there is something to send. Linux only.
//   - [Options.KeepAlive]: the peer's system does not answer probes. It finds a cut link
//     while there is nothing to send.
//
// A server that strangers may reach sets at least IdleTimeout or ReadTimeout, and
// WriteTimeout; with a Framing or a Split it also sets FrameTimeout. MaxConns and MaxPerIP of
// [Server] limit how many sockets strangers can hold, and [Engine.Budget] how much memory
// all of them take for bytes that wait. [Options.Linger] limits
// [Socket.Close].
//
// # Connecting again
//
// Call [Engine.AfterFunc] in OnClose. [Wait] counts its function, so that the program
// goes on meanwhile. Double the delay after each failure, up to a limit, and add
// chance, so that many clients do not come back at the same moment:
//
//	const shortest, longest = time.Second, time.Minute
//
//	var client duplex.Client
//	var delay = shortest
//
//	func connect() {
//		client.Connect(context.Background(), "tcp", "example.com:7", &duplex.Handler{
//			OnConnect: func(*duplex.Socket) { delay = shortest },
//			OnClose: func(*duplex.Socket) {
//				client.Engine.AfterFunc(delay/2+rand.N(delay/2), connect)
//				delay = min(2*delay, longest)
//			},
//		})
//	}
//
// A nil Engine, as here, is the shared one. The example of [Engine.AfterFunc] is a
// whole program.
//
// # Another protocol on the same connection
//
// A protocol that begins as another one, such as an upgrade of HTTP or STARTTLS, is two
// Handlers. The first calls [Socket.SetHandler] in OnData, at the piece that ends its part.
// What came after that piece goes to the second Handler, cut anew by its Framing, also if
// both came in one read. Bytes that OnData has received already cannot be given back, so
// the first Handler needs a Framing that stops where its protocol does. OnConnect is not
// called again. See the example of SetHandler; for TLS, [Socket.StartTLS].
//
// # State of a connection
//
// [Socket.Value] holds what the program keeps with a socket, and [ValueOf] returns it with
// its type. [Socket.Context] is canceled when the connection is over. Give it to work that
// is done for the client, such as a query. [Logged] logs the events of a Handler.
//
// # A Blocking handler that is stuck
//
// [Socket.AfterFunc] and [Socket.Post] wait for the callback that runs, so they cannot
// end one that does not return. [Engine.AfterFunc] and [Engine.Post] do not wait for
// it:
//
//	OnData: func(s *duplex.Socket, p []byte) {
//		t := engine.AfterFunc(time.Minute, func() { s.Destroy(errTooSlow) })
//		defer t.Stop()
//		work(s, p)
//	},
//
// Destroy closes the connection while the callback runs. A ReadFrom in the callback
// returns the error. OnError and OnClose follow when the callback has returned. The
// example of [Handler] with the title "Blocking" is a whole program.
//
// # Counters
//
// [Engine.Stats] and [ReadStats], [Engine.LoopStats] and [Server.Stats] return counters.
// Package expvars publishes them, and the module metrics has a collector for Prometheus.
//
// # Testing
//
// Package duplextest has pairs of sockets and recorders of their events. Engines
// on the driver "memory" need no network and run under [testing/synctest], with
// virtual time. A Network of duplextest has faults by request: delay, short writes, torn
// frames, connections that break.
package duplex
