// Copyright 2026 The duplex authors. MIT license.

package main

// proxyUsage is what help says about proxy.
const proxyUsage = `duplex proxy LISTEN UPSTREAM...: pass connections on, and show them

Each client of LISTEN is joined to an UPSTREAM: bytes, ends and resets of one
side reach the other. > is the way to the upstream, < the way back. Ctrl-C
accepts no more clients, ends the way to each upstream, and exits when those
have ended, too; a second Ctrl-C resets what is left.

  duplex proxy 7000 example.com:80
  duplex proxy 7000 10.0.0.1:80 10.0.0.2:80 --balance leastconn --health 5s
  duplex proxy 7000 127.0.0.1:6379 --toxic latency:100ms±20ms@down --seed 7
  duplex proxy 7000 exec:cat                 a program for each client
  duplex proxy --api 8474                    proxies come by HTTP

Upstreams
      --balance HOW      which one is tried first: roundrobin, leastconn, random
                         (roundrobin); if it refuses, the next one is tried
      --health D         connect to each every D, and try those last that refuse
      --timeout D        the most time to connect to one (5s)
      --local ADDR       connect to them from this address
                         exec:COMMAND is an upstream, too: a program of the
                         shell for each client, as those that serve starts, with
                         the same rules; and so is file:FILE, which is sent

Toxics: what a bad network does; --toxic may be given several times
      --toxic SPEC       latency:100ms±20ms      delay what passes
                         bandwidth:64KB/s        that many bytes in a second
                         slice:8..64,1ms         pieces of 8 to 64 B, 1 ms apart
                         limit_data:1KiB         close after 1024 B
                         limit_time:5s           close after 5 s
                         blackhole               swallow everything
                         slow_close:2s           delay the end
                         reset:after=1s          reset after 1 s
                         stall:p=0.01,200ms      hold up 1 piece of 100
                         corrupt:p=1e-4          change 1 byte of 10000
                         @up and @down choose the way (both), @30% the share of
                         connections, as in blackhole@up@30%
      --toxics FILE      the same, one in a line; # begins a remark
      --seed N           decide as an earlier run with this seed (any; it is
                         printed)
      --api ADDR         toxics and proxies can be changed by HTTP meanwhile, as
                         those of Toxiproxy: 8474 is for this machine only
      --name NAME        what the API calls this proxy (proxy)

How long
      --stop-after N     stop listening after N clients, exit when they are gone
      --grace D          how long Ctrl-C waits for connections (5s)

Limits (a client beyond them is a drop; after a time, an error)
      --max-conns N      the most clients at a time
      --per-ip N         the most from one address
      --rate RATE        how many are accepted: 10/s, 5/m
      --allow ADDR       only clients from 10.0.0.7 or 10.0.0.0/8; may be given
                         several times
      --deny ADDR        none from there
      --backlog N        how many may wait to be accepted
      --reuse-port       other servers with this flag may listen there, too
      --idle D           the longest time without data in either direction: 30s
      --first-byte-timeout D  until the first byte of a client comes
      --read-timeout D   the longest time in which no client's byte comes
      --write-timeout D  the longest time in which one side does not read
      --max-age D        the longest life of a connection
      --proxy-protocol V  in: clients begin with a header of the PROXY protocol;
                         v1 or v2: upstreams get one; in,v2 is both
      --trust ADDR       only those from these proxies do; may be given several
                         times

Sockets, of both sides
      --nodelay=false    let the kernel collect small writes (Nagle's algorithm)
      --keepalive D      probe a connection that is silent for this time
      --rcvbuf SIZE      the kernel's buffer for what comes, as in 64KiB; and
      --sndbuf SIZE      for what is sent (both on Linux)

TLS (with clients, if LISTEN begins with tls://; with an UPSTREAM, if it does)
      --tls              speak TLS with clients, with a certificate that is made
                         for this process; its pin is printed
      --cert FILE        with this certificate in PEM; it is read again when it
      --key FILE         or its key has changed (the key is in the same file)
      --ca FILE          the authorities of upstreams, in PEM
      --pin PIN          or the pin of an upstream's certificate
      --insecure         or any
      --servername NAME  the name that an upstream's certificate has to have
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
                         of a certificate that was made just now; the kernel
                         carries most bytes then, unless there are toxics
  -v, --verbose          writes and drains, too
`
