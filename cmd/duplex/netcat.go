// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"net"
	"slices"
	"strings"
)

// netcatsQ is the hint for a command line with -q N. Here -q is --quiet everywhere.
const netcatsQ = "netcat's -q N is --linger Ns here"

func isNetcatsQ(arg string) bool { return strings.HasPrefix(arg, "-q") && isNumber(arg[2:]) }

// fromNetcat returns the command line for one that begins with netcat's -l, such as
// -l 7000, -lvnp 7000 or -l 0.0.0.0 7000: serve --stdio, or serve --once if it says what
// answers. With -k there may be several clients. Others stay as they are.
func fromNetcat(args []string) ([]string, *failure) {
	if len(args) == 0 || !isShort(args[0]) || !strings.Contains(args[0], "l") {
		return args, nil
	}
	var line, address []string
	answers := false // so stdin and stdout are not the client's
	keeps := false   // there may be several clients
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case strings.HasPrefix(arg, "--"):
			line = append(line, arg)
			name, _, whole := strings.Cut(arg[2:], "=")
			answers = answers || slices.Contains(strings.Fields(answerFlags), name)
			if takesValue(name) && !whole && i+1 < len(args) {
				i++
				line = append(line, args[i])
			}
		case !isShort(arg):
			address = append(address, arg)
		default:
			for _, letter := range arg[1:] {
				switch letter {
				case 'l', 'n', 'p', 'v': // a port is an address, and events are shown without -v
				case 'N', 'q':
					line = append(line, "-"+string(letter))
				case 'e', 'c':
					if i++; i == len(args) {
						return nil, misuse("write it in quotes after -"+string(letter), "-%c without a command", letter)
					}
					line, answers = append(line, "--exec", args[i]), true
				case 'k':
					keeps = true
				case 'u':
					return nil, misuse("take netcat for that", "duplex speaks TCP, and -u is UDP")
				default:
					return nil, misuse("see: duplex help serve", "unknown flag after -l: -%c", letter)
				}
			}
		}
	}
	switch {
	case answers && keeps:
		line = append([]string{"serve"}, line...)
	case answers:
		line = append([]string{"serve", "--once"}, line...)
	case keeps:
		line = append([]string{"serve", "--stdio", "--keep-open"}, line...)
	default:
		line = append([]string{"serve", "--stdio"}, line...)
	}
	switch {
	case len(address) == 2 && isNumber(address[1]):
		host := address[0]
		if isIPv6(host) {
			host = "[" + host + "]"
		}
		address = []string{host + ":" + address[1]}
	case len(address) == 0:
		return nil, misuse("write a port, as in: duplex -l 7000", "-l without a port")
	}
	return append(line, address...), nil
}

// answerFlags are the flags of serve that say what answers a client.
const answerFlags = "reply reply-file echo discard chargen file exec chat"

// takesValue reports whether a flag of serve takes the next word as its value.
func takesValue(name string) bool {
	flag := newServe().Flags().Lookup(name)
	return flag != nil && flag.NoOptDefVal == ""
}

// isShort reports whether arg holds flags of one letter.
func isShort(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] != '-'
}

// foreignWord returns the hint for a word of another program in a command line that
// could not be read, "" if there is none.
func foreignWord(verb string, args []string) string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(args, func(arg string) bool {
			word, _, _ := strings.Cut(arg, "=")
			return slices.Contains(words, word)
		})
	}
	switch {
	case verb == "connect" && slices.ContainsFunc(args, isNetcatsQ):
		return netcatsQ
	case verb == "duplex" && has("listen", "server", "listener"):
		return "did you mean: duplex serve"
	case verb == "duplex" && has("client", "open", "dial"):
		return "did you mean: duplex connect"
	case verb == "duplex" && len(args) == 2 && (isIP(args[0]) || args[0] == "localhost") && isNumber(args[1]):
		return "to connect: duplex connect " + net.JoinHostPort(args[0], args[1])
	case verb == "duplex" && has("-z"):
		return "to see which ports are open: duplex connect -z HOST:20-25"
	case has("-p", "--port"):
		return "the port is a part of the address, as in: duplex serve 7000"
	case verb == "connect" && has("-l", "--listen"):
		return "to listen: duplex serve ADDR, or duplex -l PORT"
	case verb == "serve" && has("-l", "--listen"):
		return "serve listens; for netcat's clean pipe add --stdio"
	case verb == "serve" && has("-k", "--keep-open"):
		return "serve keeps listening, unless --stdio, --once or --stop-after is given"
	case has("-u", "--udp"):
		return "duplex speaks TCP, not UDP"
	case has("-w"):
		return "netcat's -w N is --timeout Ns or --idle Ns here"
	case verb == "bench" && has("-n", "-t", "--requests", "--time"):
		return "-d says how long it runs, as in -d 10s"
	case verb == "bench" && has("-c", "--connections"):
		return "as in -c 50; see: duplex help bench"
	case has("-e", "-c"):
		return "to run a program for each client: duplex serve ADDR --exec COMMAND"
	case has("-x"):
		return "to see bytes in hex: --as dump"
	}
	return ""
}
