// Copyright 2026 The duplex authors. MIT license.

package main

// usage is what help says, by verb and topic.
var usage = map[string]string{
	"duplex": `duplex: TCP conversations, as events for people and as bytes for pipes

  duplex demo                         see a server and a client talk
  duplex serve 6666 --reply 'hi\n'    answer each client, and log it
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

A server and a client talk, twice, and the events of both are shown. Then the
demo ends by itself.

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
                         and DUPLEX_LOCAL say whose
      --chat             each line to all other clients, after #NUMBER
      --banner TEXT      this text first, to each client, as in --reply
      --then WHAT        after the answer: keep the connection, or end, destroy
                         or reset it (keep; end after --file)

Stdin and stdout
  -i, --interactive      lines of stdin go to all clients, or as /to N says;
                         on a terminal they always do, and /help says more
      --stdio            a clean pipe to one client: stdin is sent, stdout has
                         its bytes, stderr the events. These flags go with it:
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

TLS (also by an address that begins with tls://)
      --tls              speak TLS, with a certificate that is made for this
                         process; its pin is printed
      --cert FILE        with this certificate in PEM; it is read again when it
      --key FILE         or its key has changed (the key is in the same file)
      --ca FILE          clients need a certificate of these authorities
      --alpn NAMES       application protocols, as in h2,http/1.1
      --keylog FILE      append the keys of the sessions, for Wireshark

Output
      --record FILE      all events, as JSON lines with times, to a file, too
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
                         with a connection are an error in the end
      --backoff D..D     the pause before an attempt, which doubles
                         (100ms..10s)
      --via URL          through a proxy: socks5://HOST:1080, http://HOST:3128,
                         with USER:PASSWORD@ before HOST if it wants that
      --proxy-protocol V  begin with a header of the PROXY protocol, v1 or v2
      --proxy-source ADDR  the client that it announces (none)
  -z, --zero             only connect, and end

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

Output
      --record FILE      all events, as JSON lines with times, to a file, too
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
  tls://ADDR          with TLS, as --tls

With port 0, serve chooses a free port and prints it.
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
  error        why the socket closes               id code message
  close        the socket is closed                id hadError in out
               the server is closed                srv
  reconnect    the next attempt comes after pause  pause
  drop         a client was refused                srv remote code message

id numbers the sockets of a process; srv is the listener's address; n, in and
out count bytes. Data is utf8 if it is UTF-8, else b64. A character that arrives
in parts is shown whole, with the last part. With --time, t comes first; demo
adds side, and each side has numbers of its own. The order of keys is fixed;
ignore keys that you do not know.
`,

	"exit-codes": `Exit codes

    0   done; or a server that one signal stopped
    1   another failure: a file that cannot be read or written (ENOENT, EACCES,
        ENOSPC), a program that cannot be started
    2   the command line is wrong
    6   the name was not found           ENOTFOUND EAI_AGAIN
    7   refused or unreachable           ECONNREFUSED EHOSTUNREACH ENETUNREACH
        no such Unix socket              ENOENT ENOTDIR ENOTSOCK EACCES
   28   timeout                          ETIMEDOUT ERR_TLS_HANDSHAKE_TIMEOUT
   35   the TLS handshake failed         ERR_SSL_WRONG_VERSION_NUMBER and others
   45   cannot listen or bind            EADDRINUSE EACCES EADDRNOTAVAIL ENOENT
   55   sending failed, or not all sent  EPIPE
   56   the peer reset the connection    ECONNRESET
        or ended it without TLS's end    ERR_SSL_UNEXPECTED_EOF_WHILE_READING
   60   the certificate is not trusted   DEPTH_ZERO_SELF_SIGNED_CERT and others
   98   --expect did not match
  129   SIGHUP: connect at the first, serve at the second
  130   Ctrl-C: the same
  141   the reader of stdout went away
  143   SIGTERM: the same as Ctrl-C

duplex run exits with the exit code of duplex-run: that of its script.
`,
}
