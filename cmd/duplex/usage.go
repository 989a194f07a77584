// Copyright 2026 The duplex authors. MIT license.

package main

// usage is what help says, by verb and topic.
var usage = joined(map[string]string{
	"duplex": `duplex: TCP conversations, as events for people and as bytes for pipes

  duplex demo                         see a server and a client talk
  duplex serve 6666 --reply 'hi\n'    answer each client, and log it
  duplex connect 127.0.0.1:6666       talk to a server

Verbs
  demo         server, client and their events in one process
  serve        listen, log what happens, answer
  connect      a conversation on a terminal, a clean pipe otherwise
  proxy        pass connections on, show them, and make them fail
  replay       a recorded conversation, once more
  dump         a recording as text, or for Wireshark
  bench        load for a server, and how it bears that
  run          a script written for Node.js
  version      what this is
  completion   for bash, zsh, fish or powershell
  help         on a verb, or on: addresses, coming-from, end-of-input, events,
               exit-codes, json, signals, views

More: duplex help serve
`,

	"demo": `duplex demo: the tutorial's pair in one process, over real TCP

A server and a client talk, twice, and the events of both are shown. Then the
demo ends by itself.

  duplex demo

Flags
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
      --full             all of each piece of data, however long; --full=false
                         is 256 bytes of it, as on a terminal
  -q, --quiet            errors only
  -v, --verbose          writes, drains and our end, too; -vv also what the
                         kernel knows of a connection (on Linux)
`,

	"serve": `duplex serve [ADDR]: listen, log what happens, answer

Without ADDR it is the tutorial's server: it listens on 127.0.0.1:6666 and
answers goodbye!!! to everything. Ctrl-C ends all connections and exits when
they are closed; a second Ctrl-C drops them.

  duplex serve
  duplex serve 6666 --echo                   this machine only
  duplex serve :6666 --reply 'hello\r\n'     other machines, too
  duplex serve 6666 --stdio > file           one client, as netcat's -l
  duplex serve unix:/tmp/x.sock --json | jq .

Answers (without one of them, serve ADDR only logs)
      --reply TEXT       this text, to each piece of data; \n \r \t \x00 \u00e9
                         are escapes; {{id}} {{remote}} {{n}} are the client's
                         number, its address, and how many bytes came
      --reply-file FILE  the content of a file, byte for byte
      --echo             the data itself
      --per WHAT         the answer is to each piece, as the network cuts them,
                         or to each line (piece)
      --discard          nothing
      --chargen          characters without end, as RFC 864 has them
      --file FILE        the file to each client, and then our end
      --exec COMMAND     a program of the shell for each client, whose stdin and
                         stdout are the connection; DUPLEX_ID, DUPLEX_REMOTE
                         and DUPLEX_LOCAL say whose. A reset ends it; an end is
                         the end of its stdin. What the program leaves unread is
                         an error (55): head -1; cat > /dev/null reads it all
      --chat             each line to all other clients, after #NUMBER
      --banner TEXT      this text first, to each client, as in --reply
      --then WHAT        after the answer: keep the connection, or end, destroy
                         or reset it (keep; end after --file)

Stdin and stdout
  -i, --interactive      lines of stdin go to all clients, or as /to N says;
                         on a terminal they always do, and /help says more
      --eol WHAT         what ends the lines of stdin: lf, crlf, nul or none
                         (they stay as they are)
  -C, --crlf             --eol crlf
      --stdio            a clean pipe to one client: stdin is sent, stdout has
                         its bytes, stderr the events. These flags go with it:
      --keep-open        more clients, one after the other (netcat's -k); Ctrl-C
                         ends it
      --no-half-close    the end of stdin does not end our side
      --send-only        ignore received data; exit when all is sent
      --recv-only        do not read stdin
  -N, --netcat           send stdin to its end, even if the client ends first

How long
      --stop-after N     stop listening after N clients, exit when they are gone
      --once             --stop-after 1
      --half-open        the client's end does not end our side
      --linger D         destroy a connection that the client leaves open for
                         this time after our end
      --grace D          how long Ctrl-C waits for clients (5s)

Limits (a client beyond them is a drop; after a time, an error)
      --max-conns N      the most clients at a time
      --per-ip N         the most from one address
      --rate RATE        how many are accepted: 10/s, 5/m
      --allow ADDR       only clients from 10.0.0.7 or 10.0.0.0/8; may be given
                         several times
      --deny ADDR        none from there
      --backlog N        how many may wait to be accepted
      --idle D           the longest time without data in either direction: 30s
      --first-byte-timeout D  until the first byte comes
      --read-timeout D   the longest time in which nothing comes
      --write-timeout D  the longest time in which the client does not read
      --max-age D        the longest life of a connection
      --proxy-protocol in  each connection begins with a header of the PROXY
                         protocol, which says who the client is
      --trust ADDR       only those from these proxies do; may be given several
                         times

Sockets
      --nodelay=false    let the kernel collect small writes (Nagle's algorithm)
      --keepalive D      probe a connection that is silent for this time
      --rcvbuf SIZE      the kernel's buffer for what comes, as in 64KiB; and
      --sndbuf SIZE      for what is sent (both on Linux)
      --send-rate RATE   the most that is sent to a client: 64KiB/s, 1MB/s
      --reuse-port       other servers with this flag may listen there, too, and
                         share the clients

TLS (also by an address that begins with tls://)
      --tls              speak TLS, with a certificate that is made for this
                         process; its pin is printed
      --cert FILE        with this certificate in PEM; it is read again when it
      --key FILE         or its key has changed (the key is in the same file)
      --ca FILE          clients need a certificate of these authorities
      --alpn NAMES       application protocols, as in h2,http/1.1
      --keylog FILE      append the keys of the sessions, for Wireshark
      --handshake-timeout D  how long a handshake may take (10s; 0s is any time)

Output
      --record FILE      all events, as JSON lines with times, to a file, too
      --as FORM          data as utf8, hex, dump, xxd, base64, raw, none (utf8)
      --full             all of each piece: a terminal gets 256 bytes, and so
                         does a pipe with --full=false
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
  -q, --quiet            errors only, the port that 0 stands for, and the pin
                         of a certificate that was made for this process
  -v, --verbose          writes, drains and our end, too; -vv also what the
                         kernel knows of a connection (on Linux)
`,

	"connect": `duplex connect [ADDR]: a conversation on a terminal, a clean pipe otherwise

Without ADDR it is the tutorial's client: it connects to 127.0.0.1:6666 and says
HelloWorld!!! first, unless its stdin is a pipe or a file.

On a terminal it prints events; to a pipe or a file, the bytes that come. After
the end of stdin it sends FIN, and prints what comes until the server ends, too.
If the server ends first, a file on stdin is still sent to its end, a pipe until
it is silent for half a second, and a terminal no more.

On a terminal, lines can be edited, and the arrow keys bring back earlier ones.
They are kept in ~/.local/state/duplex/history, or in the file DUPLEX_HISTORY.
If that is empty, and for lines that begin with a space, nothing is kept.

  duplex connect
  duplex connect 127.0.0.1:6666 --send 'HelloWorld!!!' --once
  printf 'GET / HTTP/1.0\r\n\r\n' | duplex connect example.com:80

What is sent
  -i, --interactive      stdin is typed lines, and /help lists commands; on a
                         terminal it always is
      --send TEXT        this text first; \n \r \t \x00 \u00e9 are escapes
      --send-file FILE   then this file, byte for byte; stdin follows
      --send-only        ignore received data; exit when all is sent
      --recv-only        do not read stdin
      --eol WHAT         what ends the lines of stdin: lf, crlf, nul or none
                         (they stay as they are)
  -C, --crlf             --eol crlf

How it is reached
      --local ADDR       connect from this address, or address and port
      --retry            try again until a server listens, for --timeout at most
      --reconnect[=N]    connect again when the connection is over and our input
                         is not, N times at most before it works (any number);
                         what is sent is sent once, and bytes that were lost
                         with a connection, or may be because it broke off, are
                         an error in the end (55). What is read between two
                         waits for the next; if stdin ends there and nothing
                         waits, there is no next. The first one is not tried
                         again without --retry
      --backoff D..D     the pause before an attempt, which doubles
                         (100ms..10s)
      --via URL          through a proxy: socks5://HOST:1080, http://HOST:3128,
                         with USER:PASSWORD@ before HOST if it wants that. For
                         one that drops replies after our end: --no-half-close
      --proxy-protocol V  begin with a header of the PROXY protocol, v1 or v2
      --proxy-source ADDR  the client that it announces (none)
  -z, --zero             only connect, and end; with a range of ports, as in
                         127.0.0.1:20-25, print those that are open

Sockets
      --nodelay=false    let the kernel collect small writes (Nagle's algorithm)
      --keepalive D      probe a connection that is silent for this time
      --rcvbuf SIZE      the kernel's buffer for what comes, as in 64KiB; and
      --sndbuf SIZE      for what is sent (both on Linux)
      --send-rate RATE   the most that is sent: 64KiB/s, 1MB/s

How long
      --expect RE        end our side when the regular expression matches what
                         has come; exit code 98 if it never does
      --once             end our side after the first reply; files are still
                         sent to their end
      --half-open        the server's end does not end our side
      --no-half-close    the end of stdin does not end our side
      --timeout D        the most time to connect, as in 5s, and to wait for the
                         server's end after our own (exit code 28)
      --linger D         the most time to wait for the server's end after our
                         own; this is no failure (netcat's -q)
      --idle D           give up after this time without data (exit code 28)
      --grace D          how long Ctrl-C waits for the server's end (1s)
  -N, --netcat           send stdin to its end, even if the server ends first

TLS (also by an address that begins with tls://)
      --tls              speak TLS; the certificate has to be for the host, and
                         of an authority that this system trusts
      --ca FILE          or of one of these, in PEM
      --pin PIN          or its pin is this one, which serve --tls prints
      --insecure         or any
      --servername NAME  the name that is asked for and that it has to have
      --alpn NAMES       application protocols, as in h2,http/1.1
      --cert FILE        our own certificate in PEM
      --key FILE         its key (in the same file)
      --keylog FILE      append the keys of the sessions, for Wireshark
      --handshake-timeout D  how long a handshake may take (10s; 0s is any time)

Output
      --record FILE      all events, as JSON lines with times, to a file, too
      --events           events, whatever stdout is
      --as FORM          data as utf8, hex, dump, xxd, base64, raw, none (utf8
                         in events, else raw); with raw, a terminal gets bytes
      --full             all of each piece: a terminal gets 256 bytes, and so
                         does a pipe with --full=false
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
  -q, --quiet            errors only
  -v, --verbose          writes, drains and our end, too; -vv also what the
                         kernel knows of a connection (on Linux)
`,

	"replay": `duplex replay FILE ADDR: a recorded conversation, once more

It plays one side of a recording, a file that --record has made, to a peer. Each
piece that was read or written is a write of its own, with the same bytes, after
what the peer had sent before it, and as late as it was. Several connections are
played as they overlapped.

  duplex replay FILE 127.0.0.1:6666            the client of the recording
  duplex replay FILE --serve 127.0.0.1:6666    the server of it
  duplex replay FILE 127.0.0.1:6666 --speed max --expect

What is played
      --serve ADDR       the server, to one client for each connection that was
                         recorded
      --speed N          N times as fast as it was, or max (1)
      --id N             the connection N of the recording alone
      --local ADDR       connect from this address, or address and port

What is expected (else exit code 98)
      --expect[=RE]      the peer sends what it has sent in the recording, byte
                         for byte; or what matches the regular expression
      --timeout D        how long to wait for what the peer has sent, and for
                         its end (10s); without --expect it then goes on

TLS (also by an address that begins with tls://)
      --tls              speak TLS
      --cert FILE        our certificate in PEM
      --key FILE         its key
      --ca FILE          the authorities whose certificates are trusted
      --pin PIN          trust a server with this pin
      --insecure         trust any server
      --servername NAME  the name that the server's certificate has to have
      --alpn NAMES       application protocols, as in h2,http/1.1
      --keylog FILE      append the keys of the sessions, for Wireshark
      --handshake-timeout D  how long a handshake may take (10s; 0s is any time)

Output
      --record FILE      all events, as JSON lines with times, to a file, too
      --as FORM          data as utf8, hex, dump, xxd, base64, raw, none (utf8)
      --full             all of each piece: a terminal gets 256 bytes, and so
                         does a pipe with --full=false
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
  -q, --quiet            errors only
  -v, --verbose          writes, drains and our end, too; -vv also what the
                         kernel knows of a connection (on Linux)
`,

	"dump": `duplex dump FILE: a recording as text, or for other programs

FILE is what serve, connect, proxy or replay has written with --record; - is
stdin.

  duplex dump FILE --as dump --time            all events
  duplex dump FILE --from client --as xxd      the bytes of one side
  duplex dump FILE --json | jq .
  duplex dump FILE --pcapng out.pcapng         for Wireshark and tshark

What is shown
      --id N             the connection N alone
      --from SIDE        only the bytes that the client or the server has sent,
                         as they are, or as --as says

For other programs
      --pcapng FILE      a capture file; - is stdout. A recording has no
                         packets, so each piece becomes one, with addresses and
                         times as recorded
      --text2pcap        one connection as Wireshark's text2pcap reads it; the
                         first line of it is its command line

Output
      --as FORM          data as utf8, hex, dump, xxd, base64, raw, none (utf8)
      --full             all of each piece: a terminal gets 256 bytes, and so
                         does a pipe with --full=false
      --json             the lines of events; with --time as they were recorded
      --time[=FORM]      a column of time: rel to the start, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
`,

	"proxy": proxyUsage,

	"bench": `duplex bench ADDR: load for a server, and how it bears that

Each connection sends a message, awaits the reply, and sends the next one: a
closed loop. With --rate, messages are due at even distances instead, whatever
the server does: an open loop. Its response times count from when a message was
due, so that a server that stalls cannot hide it; its service times count from
when the message was sent. The report is on stdout. On a terminal a line shows
how it does, and pictures follow the report. Ctrl-C ends it early.

  duplex bench 127.0.0.1:6666 -c 50 -r 20000 --payload text:ping --until bytes:4
  duplex bench 127.0.0.1:6666 -d 30s --threshold 'p99<5ms'
  duplex bench tls://example.com:443 --mode connect

What is sent
      --payload WHAT     text:TEXT with escapes, size:1KiB, file:FILE, or
                         lines:FILE, each line a message (size:64)
      --until WHAT       what completes a reply: TEXT with escapes, bytes:N or
                         line (as many bytes as were sent; line with lines:)
      --mode MODE        rr: messages and replies; stream: messages alone;
                         connect: a connection for each message, or without
                         one, if neither --payload nor --until is given (rr)
      --seed N           size: sends letters that N decides on, and lines: the
                         lines in an order that it does (no chance)

How much
  -c, --conns N          connections at a time (10)
  -r, --rate N           messages a second, of all connections: 500, 20k (as
                         many as there are replies)
      --pipeline N       messages at a time on a connection (1)
  -d, --duration D       how long it is measured (10s)
      --warmup D         how long it runs before that (0s)
      --timeout D        the most time to connect, and for a reply, as in 2s; a
                         reply that is later is an error, ETIMEDOUT (5s)
      --grace D          how long Ctrl-C waits for replies (1s)
      --local ADDR       connect from this address

Sockets (as those of connect)
      --nodelay=false    let the kernel collect small writes (Nagle's algorithm)
      --keepalive D      probe a connection that is silent for this time
      --rcvbuf SIZE      the kernel's buffer for what comes, as in 64KiB; and
      --sndbuf SIZE      for what is sent (both on Linux)
      --send-rate RATE   the most that is sent on each connection: 64KiB/s

TLS (also by an address that begins with tls://)
      --tls              speak TLS; these flags are those of connect
      --ca FILE          trust these authorities, in PEM
      --pin PIN          or the server with this pin
      --insecure         or any
      --servername NAME  the name that is asked for and that it has to have
      --alpn NAMES       application protocols, as in h2,http/1.1
      --cert FILE        our own certificate in PEM
      --key FILE         its key (in the same file)
      --keylog FILE      append the keys of the sessions, for Wireshark
      --handshake-timeout D  how long a handshake may take (10s; 0s is any time)

Result
      --threshold COND   exit code 99 if this does not hold: p99<5ms, max<1s,
                         service.p50<1ms, connect.p99<10ms, errors<0.1%,
                         errors<=3, rate>10000, unsent<1; may be given several
                         times. Without one on errors, any error is a failure;
                         with some, but none on rate or unsent, so is a rate
                         of which more than a hundredth was not sent
      --json             one JSON object, and nothing else; times are in µs
      --hlog FILE        the response times as a log that tools of HdrHistogram
                         read
      --html FILE        the report as a page with charts
      --color WHEN       auto, always or never (auto)
  -q, --quiet            no line, no pictures
`,

	"run": `duplex run FILE.js [ARGS...]: a script written for Node.js, without Node.js

duplex-run is a command of its own. duplex run starts it in its place, from the
folder of duplex or from PATH. All words after run are for duplex-run.

  duplex run server.js 6666
  duplex run -e 'console.log(process.argv)' a b
  duplex run --help
`,

	"version": `duplex version: what this is

  duplex version

Flags
      --json             as a JSON object
`,

	"completion": `duplex completion SHELL: lets bash, zsh, fish or powershell complete

  source <(duplex completion bash)
  duplex completion bash > ~/.local/share/bash-completion/completions/duplex
  duplex completion zsh > ~/.zfunc/_duplex       # fpath+=~/.zfunc in .zshrc
  duplex completion fish > ~/.config/fish/completions/duplex.fish
  duplex completion powershell >> $PROFILE

Flags, their values, verbs, topics and unix: paths are completed. bash needs no
package for it, but looks in the folder of the second line only with the package
bash-completion. What is being typed is not run.
`,

	"man": `duplex man DIR: writes the manual pages into a folder

They hold what help says, and are made for a package or for man itself.

  duplex man /tmp/pages
  man -l /tmp/pages/duplex-serve.1
`,

	"help": `duplex help [TOPIC]: on a verb, or on a topic

Topics
  addresses      what ADDR may be
  coming-from    netcat, socat, Toxiproxy: the same here
  end-of-input   which end ends what
  events         what the words and the keys mean
  exit-codes     what the numbers mean
  json           lines for programs, and recordings
  signals        what Ctrl-C does
  views          the values of --as
`,
}, topics)
