// Copyright 2026 The duplex authors. MIT license.

package main

// usage is what help says, by verb and topic.
var usage = map[string]string{
	"duplex": `duplex: TCP conversations, as events for people and as bytes for pipes

  duplex demo                         see a server and a client talk
  duplex serve 6666 --reply 'hi\n'    answer whoever connects, and log it
  duplex connect 127.0.0.1:6666       talk to a server

Verbs
  demo         server, client and their events in one process
  serve        listen, log what happens, answer
  connect      a conversation on a terminal, a clean pipe otherwise
  run          a script written for Node.js
  version      what this is
  completion   for bash, zsh, fish or powershell
  help         on a verb, or on: addresses, events, exit-codes

More: duplex help serve
`,

	"demo": `duplex demo: the tutorial's pair in one process, over real TCP

A server and a client talk, twice, and both tell what happens to them. Then it
ends by itself.

  duplex demo

Flags
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
      --full             all of each piece of data, however long
  -q, --quiet            errors only
  -v, --verbose          writes and drains, too
`,

	"serve": `duplex serve [ADDR]: listen, log what happens, answer

Without ADDR it is the tutorial's server: it listens on 127.0.0.1:6666 and
answers goodbye!!! to everything. Ctrl-C ends all connections and then exits;
once more drops them.

  duplex serve
  duplex serve 6666 --echo                   this machine only
  duplex serve :6666 --reply 'hello\r\n'     everybody
  duplex serve unix:/tmp/x.sock --json | jq .

Answers (without one of them, serve ADDR only logs)
      --reply TEXT       to each piece of data; \n \r \t \x00 \u00e9 stand for
                         what they say, {{id}} {{remote}} {{n}} for the client's
                         number, its address, and how many bytes came
      --reply-file FILE  the same from a file, byte for byte
      --echo             what came
      --discard          nothing
      --then WHAT        after the answer: keep the connection, or end, destroy
                         or reset it (keep)

How long
      --stop-after N     stop listening after N clients, exit when they are gone
      --once             --stop-after 1
      --half-open        the client's end does not end our side
      --idle D           destroy a connection on which nothing moves, as in 30s
      --linger D         destroy a connection that the client leaves open for so
                         long after our end
      --grace D          how long Ctrl-C waits for clients (5s)

Output
      --as FORM          data as utf8, hex, dump, xxd, base64, raw, none (utf8)
      --full             all of each piece: a terminal gets 256 bytes
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
  -q, --quiet            errors only, and the port that 0 stands for
  -v, --verbose          writes and drains, too
`,

	"connect": `duplex connect [ADDR]: a conversation on a terminal, a clean pipe otherwise

Without ADDR it is the tutorial's client: it connects to 127.0.0.1:6666 and says
HelloWorld!!! first, unless its stdin is a pipe or a file.

To a terminal it writes events; to a pipe or a file, the bytes that come. When
stdin ends, all of it is sent, our side ends, and what the server still says is
read until it ends, too. When the server ends first, so does connect.

  duplex connect
  duplex connect 127.0.0.1:6666 --send 'HelloWorld!!!' --once
  printf 'GET / HTTP/1.0\r\n\r\n' | duplex connect example.com:80

What is sent
      --send TEXT        first; \n \r \t \x00 \u00e9 stand for what they say
      --send-file FILE   then, byte for byte; then comes stdin
      --send-only        ignore what comes; exit when all is sent
      --recv-only        leave stdin alone

How long
      --once             end our side after the first reply
      --half-open        the server's end does not end our side
      --no-half-close    the end of stdin does not end our side
      --timeout D        give up connecting after so long, as in 5s, and waiting
                         for the server's end after our own (exit code 28)
      --linger D         give up waiting for the server's end after our own, and
                         call it no failure: netcat's -q
      --idle D           give up when nothing moves for so long (exit code 28)
      --grace D          how long Ctrl-C waits for the server's end (1s)
      --local ADDR       connect from this address, or address and port
  -N, --netcat           for hands that know netcat: it is what connect does

Output
      --events           events, whatever stdout is
      --as FORM          data as utf8, hex, dump, xxd, base64, raw, none (utf8
                         in events, else raw); with raw, a terminal gets bytes
      --full             all of each piece: a terminal gets 256 bytes
      --json             one JSON object for each event, and nothing else
      --time[=FORM]      a column of time: rel, abs or unix (rel)
      --color WHEN       auto, always or never (auto)
  -q, --quiet            errors only
  -v, --verbose          writes and drains, too
`,

	"run": `duplex run FILE.js [ARGS...]: a script written for Node.js, without Node.js

The script finds Node's modules net, stream, events, buffer, timers, fs and what
belongs to them. It ends when nothing keeps it alive any more, and duplex exits
with its exit code. What follows FILE.js is the script's; - or no FILE.js is a
script on stdin.

  duplex run server.js 6666
  duplex run -e 'console.log(process.argv)' a b
  echo 'console.log(1)' | duplex run -

Flags
  -e, --eval CODE        run this, instead of a file
  -p, --print CODE       the same, and print what it ends with
  -r, --require MODULE   require this first

Other options of node's may stand in front of FILE.js, too. Those about what a
script sees are followed, such as --no-warnings and --expose-gc; those that tune
Node's engine do nothing.
`,

	"version": `duplex version: what this is

  duplex version

Flags
      --json             as a JSON object
`,

	"completion": `duplex completion SHELL: lets bash, zsh, fish or powershell complete

  source <(duplex completion bash)
  duplex completion fish > ~/.config/fish/completions/duplex.fish
`,

	"help": `duplex help [TOPIC]: on a verb, or on addresses, events, exit-codes
`,

	"addresses": `An address is one of

  HOST:PORT           127.0.0.1:6666, localhost:6666, example.com:http
  [IPv6]:PORT         [::1]:6666, [fe80::1%eth0]:6666
  :PORT               serve: every address of this machine; connect: localhost
  PORT                127.0.0.1:PORT
  unix:PATH           a Unix socket; unix:@NAME is an abstract one
  tcp://ADDR          the same; tcp4:// and tcp6:// choose the protocol

Port 0 lets serve take any free one, and say which.
`,

	"events": `What is told, as text and as JSON (--json), in Node's words

  listening    the server accepts clients          srv
  connection   a client was accepted               id srv local remote
  connect      the connection is made              id local remote
  data         bytes came                          id n, utf8 or b64
  end          the peer sends no more              id
  write        bytes were written (-v)             id n, utf8 or b64
  drain        all that was written is sent (-v)   id
  error        why the socket closes               id code message
  close        the socket is closed                id hadError in out
               the server is closed                srv
  drop         a client was refused                srv remote code message

id numbers the sockets of a process; srv is the listener's address; n, in and
out are bytes. Data is utf8 if it is UTF-8, else b64. With --time, t comes
first; demo says which side. The order of keys is fixed; ignore those that you
do not know.
`,

	"exit-codes": `Exit codes

    0   done; or a server that one Ctrl-C stopped
    1   another failure
    2   called wrongly
    6   the name was not found           ENOTFOUND EAI_AGAIN
    7   refused or unreachable           ECONNREFUSED EHOSTUNREACH ENETUNREACH
   28   timeout                          ETIMEDOUT
   45   cannot listen or bind            EADDRINUSE EACCES EADDRNOTAVAIL
   55   sending failed                   EPIPE
   56   the peer reset the connection    ECONNRESET
  130   Ctrl-C: connect; serve at the second
  143   the same by SIGTERM

duplex run exits as its script does.
`,
}
