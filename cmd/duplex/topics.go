// Copyright 2026 The duplex authors. MIT license.

package main

import "maps"

// topics is what help says on what several verbs have in common.
var topics = map[string]string{
	"addresses": `An address is one of

  HOST:PORT           127.0.0.1:6666, localhost:6666, example.com:http
  [IPv6]:PORT         [::1]:6666, [fe80::1%eth0]:6666
  :PORT               serve: every address of this machine; connect: localhost
  PORT                127.0.0.1:PORT
  unix:PATH           a Unix socket; unix:@NAME is an abstract one
  tcp://ADDR          the same; tcp4:// and tcp6:// choose the protocol
  tls://ADDR          with TLS, as --tls
  exec:COMMAND        an upstream of proxy: a program for each client
  file:FILE           an upstream of proxy: the file, and then the end

With port 0, serve chooses a free port and prints it. connect -z takes a range
of ports: HOST:20-25.

An address of tls:// may have options, as a URL has. They are flags of the same
name: servername, pin, insecure, alpn, ca, cert, key. A shell needs quotes:

  duplex connect 'tls://10.0.0.7:443?servername=example.com&alpn=h2'
`,

	"events": `Events, as text and as JSON (--json), by Node's names

  listening    the server accepts clients          srv pin
  connection   a client was accepted               id srv local remote
  connect      the connection is made              id local remote
  secure       a TLS handshake is complete (-v)    id version cipher alpn pin
  data         bytes came                          id n, utf8 or b64
  end          the peer sends no more              id
  write        bytes were written (-v)             id n, utf8 or b64
  drain        all that was written is sent (-v)   id
  finish       our end is sent, after all that (-v) id
  error        why the socket closes               id code message
  close        the socket is closed                id hadError in out, and reset
                                                   if we have reset it; of a
                                                   proxy also unsent
               the server is closed                srv
  info         what the kernel knows (-vv, Linux)  id rttUs rttVarUs rtoUs cwnd
                                                   mss unacked retransmitted
                                                   window rate
  reconnect    the next attempt comes after pause  pause
  open         a port of connect -z is open        remote
  closed       another one is not (-v)             remote code message
  drop         a client was refused                srv remote code message
  ready        an upstream accepts again           remote
  toxic        a toxic ends a connection           id toxic
               or the API has changed one          srv toxic

Of a proxy, listening has upstreams, toxics and seed. Each of its two sockets
has events of its own, with the number of the connection as pair, and the way of
the bytes, up or down, as dir; an error of the age of both has none. The key
toxics of data and end says what toxics do to them. Of a close, unsent counts
the bytes that came for this socket and were not passed on to it, if there are
any. Text has one line for both sockets where they come and go.

id numbers the sockets of a process; srv is the listener's address; n, in and
out count bytes, those of connect also what --via and --proxy-protocol say. Data
is utf8 if it is UTF-8, else b64. A character that arrives in parts is shown
whole, with the last part. With --time, t comes first; demo adds side, and each
side has numbers of its own. The order of keys is fixed; ignore keys that you do
not know.
`,

	"exit-codes": `Exit codes

    0   done; or a server that one signal stopped
    1   another failure: a file that cannot be read or written (ENOENT, EACCES,
        ENOSPC), too many that are open (EMFILE), a program that cannot be
        started or that failed, or a line for stderr that could not be written
    2   the command line is wrong
    6   the name was not found           ENOTFOUND EAI_AGAIN
    7   refused or unreachable           ECONNREFUSED EHOSTUNREACH ENETUNREACH
        no such Unix socket              ENOENT ENOTDIR ENOTSOCK EACCES
   28   timeout                          ETIMEDOUT ERR_TLS_HANDSHAKE_TIMEOUT
   35   the TLS handshake failed         ERR_SSL_WRONG_VERSION_NUMBER and others
   45   cannot listen or bind            EADDRINUSE EACCES EADDRNOTAVAIL ENOENT
   55   sending failed, or not all sent  EPIPE
        or a program was cut off, or left input unread
   56   the peer reset the connection    ECONNRESET
        or the server of bench has gone away
        or ended it without TLS's end    ERR_SSL_UNEXPECTED_EOF_WHILE_READING
   60   the certificate is not trusted   DEPTH_ZERO_SELF_SIGNED_CERT and others
   98   --expect did not match
   99   a threshold of bench was missed
  129   SIGHUP: connect at the first, serve and proxy at the second
  130   Ctrl-C: the same
  141   the reader of stdout went away
  143   SIGTERM: the same as Ctrl-C

duplex run exits with the exit code of duplex-run: that of its script.
`,

	"views": `Views: how --as shows bytes

  raw      as they are. In event lines, too, and on a terminal
  utf8     as text. Characters that control a terminal, or hide or reorder text,
           and bytes that are no UTF-8 are escapes, such as \x1b or \u202e. In
           event lines in quotes, in the form that --send and --reply read
  hex      two digits for each byte, as Node's toString('hex')
  dump     as hexdump -C prints them: offset, 16 bytes, characters
  xxd      as xxd prints them; xxd -r turns it back into the bytes
  base64   one text for all bytes of a pipe; one for each piece in event lines
  none     only how many there are

connect prints raw to a pipe or a file, and utf8 in event lines. A character
that the network cuts in two is shown whole, with its second part; if that never
comes, utf8 shows U+FFFD, as Node does. Offsets of dump and xxd count the bytes
of one direction from its beginning. On a terminal at most 256 bytes of each
piece are shown, unless --full is given, and with --full=false anywhere.
`,

	"json": `JSON: lines for programs

With --json, stdout has one JSON object for each event, and nothing else.
duplex help events names the keys.

  duplex serve 6666 --echo --json | jq -c 'select(.ev == "data")'

  {"ev":"data","id":1,"n":2,"utf8":"hi"}
  {"ev":"data","id":1,"n":2,"b64":"/w8="}

The order of keys is fixed. Ignore keys and events that you do not know. Data is
in exactly one of two keys: utf8 if it is UTF-8, else b64. A character that
arrives in parts comes whole, with its last part; in a recording each piece
stands as it came.

A recording, which --record writes, begins with a line of its own:

  {"duplex":1,"started":"2026-11-30T12:00:00.000000Z","args":["serve","6666"]}

Each line after it is an event with its time, writes, drains and our end
included. duplex dump shows a recording, and duplex replay plays it.
`,

	"signals": `Signals: what Ctrl-C does, and others

  serve      the first SIGINT, SIGTERM or SIGHUP: accept no more clients, end
             each connection after the answer that is on its way, wait --grace
             (5s), exit 0, or 55 if not all was sent. A client in its TLS
             handshake is served first; if that lasts longer than --grace, it
             fails, and no answer was cut. The second: drop all, exit 128 and
             its number
  serve      with --stdio: as connect. With --keep-open the first exits 0
  proxy      the first: accept no more clients, end the way to each upstream,
             wait --grace (5s), exit as serve. The second: as serve
  connect    the first: end our side, wait --grace (1s) for the peer, exit 128
             and its number (Ctrl-C: 130). The second: drop the connection. A
             file that is not sent to its end resets it
  replay     the first ends it, with 128 and its number
  Ctrl-Z     stops the command; the terminal has its usual mode until fg
  Ctrl-D     on a terminal is the end of input, no signal
  nohup      SIGHUP stays ignored

A reader of stdout that goes away, as head does, ends the command with 141 and
without a message. SIGQUIT prints where the program is, which is for reports.
`,

	"end-of-input": `End of input: which end ends what

Our stdin ends      the rest of it is sent, then our end (FIN). What the peer
                    still sends is printed until it ends, too
The peer ends       what came is printed, then our side ends: a terminal at
                    once; a file is sent to its end first; any other pipe is
                    sent while it gives bytes within half a second, and a note
                    says if it was still open
Both have ended     the command exits: 0 if all bytes were sent and printed

  --half-open        the peer's end does not end our side
  --no-half-close    the end of stdin does not end our side
  --linger D         wait this long for the peer after our end, then close
  --timeout D        the same, and it is a failure (28)
  --send-only        ignore what comes, exit when all is sent
  --recv-only        do not read stdin
  -N                 send stdin to its end, even if the peer ends first
  --once             end our side after the first reply
  --expect RE        end our side when what came matches

Programs            the client's end is the end of the program's stdin, and the
                    program's exit, after its output, ends our side. A reset of
                    the client kills it. What the program leaves unread is an
                    error (55)
A cut               a limit of time, or a signal's --grace, that ends an answer
                    before it is whole resets the client (55). In a proxy it
                    resets both sides (55 if bytes were lost)

Bytes that were read from stdin and could not be sent are an error, always, and
so are bytes that came and could not be printed. A stdout that was closed before
the command began (>&-) is the exception: the system opens /dev/null in its
place, and the command cannot tell it from one that was meant.
`,

	"coming-from": `Coming from netcat, socat or Toxiproxy

netcat                          duplex
  nc HOST PORT                  duplex connect HOST:PORT
  nc -N HOST PORT < FILE        duplex connect HOST:PORT < FILE
  nc -q 2, nc -w 5              --linger 2s, --timeout 5s or --idle 5s
  nc -z HOST 20-25              duplex connect -z HOST:20-25
  nc -l 7000, nc -lk 7000       duplex -l :7000, duplex -lk :7000
  ncat -l 7000 -e CMD           duplex -l :7000 -e CMD, or serve --exec CMD
  ncat --chat -l 7000           duplex serve :7000 --chat
  nc -X 5 -x PROXY HOST PORT    duplex connect HOST:PORT --via socks5://PROXY
  nc -C, ncat --ssl             -C, tls://HOST:PORT
  ncat -x FILE                  --record FILE, then duplex dump FILE --as dump
  nc -p PORT, nc -s ADDR        --local ADDR:PORT

socat                           duplex
  - TCP:HOST:PORT               duplex connect HOST:PORT
  - TCP-LISTEN:7000             duplex serve :7000 --stdio
  TCP-LISTEN:7000,fork EXEC:C   duplex serve :7000 --exec C
  TCP-LISTEN:7000,fork TCP:H:P  duplex proxy :7000 H:P
  - UNIX-CONNECT:/run/x.sock    duplex connect unix:/run/x.sock
  - OPENSSL:HOST:443,verify=0   duplex connect tls://HOST:443 --insecure
  -x, -v                        --events --as dump, --events
  -t 2, -T 30                   --linger 2s, --idle 30s
  ,crnl  ,nodelay  ,reuseport   -C, (is on), --reuse-port
  ,rcvbuf=N ,sndbuf=N ,keepalive  --rcvbuf N, --sndbuf N, --keepalive D

toxiproxy                       duplex
  toxiproxy-server              proxy --api 8474
  toxiproxy-cli create -l L -u U  proxy L U
  latency, jitter               --toxic latency:100ms±20ms@down
  bandwidth rate=64             --toxic bandwidth:64KB/s@down
  timeout, reset_peer           --toxic blackhole, --toxic reset:after=1s
  toxicity 0.3                  @30%, as in --toxic blackhole@30%

Deliberate differences
  Our end is sent when stdin ends, and the late reply is awaited; no flag.
  A port alone is on this machine only; :7000 is for others, too.
  A reset is an error: exit code 56, and not 0.
  What comes is escaped on a terminal; into a pipe it is exact.
  -q is --quiet everywhere, and -p is a part of the address.
`,
}

// joined returns the entries of both maps.
func joined(some, more map[string]string) map[string]string {
	maps.Copy(some, more)
	return some
}
