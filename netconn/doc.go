// Copyright 2026 The duplex authors. MIT license.

// Package netconn makes blocking connections of sockets: a [duplex.Socket] becomes a
// [net.Conn], and a [duplex.Server] a [net.Listener]. So everything that is written for
// package net runs on the event loops of duplex: net/http, crypto/tls, net/rpc, drivers of
// databases.
//
//	ln, err := netconn.Listen(&duplex.Server{MaxConns: 10_000}, "tcp", "127.0.0.1:8080")
//	if err != nil {
//		log.Fatal(err)
//	}
//	log.Fatal(http.Serve(ln, handler))
//
// and on the side of the client
//
//	transport := &http.Transport{DialContext: new(netconn.Dialer).DialContext}
//
// A program does this for the limits of a Server or an Engine (MaxPerIP, AcceptRate, Budget,
// TrustedProxies), to serve several protocols on one port ([New]), or to run the code of
// others on the driver "memory", in a test with virtual time. It costs what package
// net costs, and is not faster: each message wakes the loop, and then the goroutine that reads
// (docs/performance.md).
//
// # What a Conn does
//
// A [Conn] has the meaning of [*net.TCPConn]: deadlines that may be set while a call waits,
// partial counts that are exact, [io.EOF] after the peer's last byte, [net.ErrClosed] after
// Close, [os.ErrDeadlineExceeded], ECONNRESET, each in a [*net.OpError]. Any goroutine may
// call its methods, several at the same time. These differ:
//
//   - Close sends what was written and then FIN, as the kernel does for package net, but for
//     [duplex.Options.Linger] at most, 5 seconds unless set. What the peer has sent and
//     nobody has read is no reason to reset the connection.
//   - Write returns when the bytes are with the kernel, or in the write queue of the socket.
//     The queue takes some 200 KiB; then Write waits.
//   - Input is read ahead of Read: some 128 KiB at most, then the socket is not read, and TCP
//     makes the peer wait. A connection that is idle has no buffer.
//   - There is no SyscallConn: only the loop may read and write. [Conn.Socket] has the
//     options of the connection, and the descriptor for others.
//   - TLS of the Server or of the Client is a part of the socket: the Conn carries plain bytes,
//     and is a [TLSConn]. With it net/http sets [http.Request.TLS], and speaks HTTP/1.1 to a
//     URL of http. For HTTP/2, put crypto/tls on top of a Conn, by [http.Server.ServeTLS] or
//     [tls.NewListener].
//
// # Waiting
//
// Calls that wait stop a loop if they are made on one. So callbacks must not make them,
// except those of a Blocking Handler, for Conns of other sockets. The first Read, the first
// Write and every Dial that would wait on a loop of the same Engine return an error instead.
package netconn
