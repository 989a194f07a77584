// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/room"
)

// A command is a line of a player: a verb and its arguments, of which the last is the rest
// of the line.
type command struct {
	usage string
	run   func(l *lobby, s *duplex.Socket, p *player, args []string) error
}

var commands = map[string]command{
	"login":  {"NAME", (*lobby).login},
	"join":   {"ROOM", (*lobby).join},
	"quit":   {"ROOM", (*lobby).quit},
	"say":    {"ROOM TEXT", (*lobby).say},
	"to":     {"NAME TEXT", (*lobby).to},
	"move":   {"ROOM POSITION", (*lobby).move},
	"who":    {"ROOM", (*lobby).who},
	"count":  {"ROOM", (*lobby).count},
	"missed": {"ROOM", (*lobby).missed},
	"nodes":  {"", (*lobby).nodes},
	"kick":   {"NAME REASON", (*lobby).kick},
	"shout":  {"TEXT", (*lobby).shout},
}

var (
	names = regexp.MustCompile(`^[\pL\pN_-]{1,32}$`)

	errName  = errors.New("a name has 1 to 32 letters, digits, - and _")
	errNotIn = errors.New("you are not in that room")
	errHost  = errors.New("only the player named host may do that")
)

// host is the player who may kick. A real lobby would ask for a password.
const host = "host"

// wait is how long a player waits for nodes that do not answer.
const wait = 5 * time.Second

// line is called with a line of a player.
func (l *lobby) line(s *duplex.Socket, text []byte) {
	verb, rest, _ := strings.Cut(string(text), " ")
	if err := l.do(s, playerOf(s), verb, rest); err != nil {
		fmt.Fprintf(s, "error: %v\n", err)
	}
}

func (l *lobby) do(s *duplex.Socket, p *player, verb, rest string) error {
	c, ok := commands[verb]
	if !ok {
		return fmt.Errorf("there is no %q", verb)
	}
	if p.name == "" && verb != "login" {
		return errors.New("first: login NAME")
	}
	args := strings.SplitN(rest, " ", len(strings.Fields(c.usage)))
	if len(args) < len(strings.Fields(c.usage)) || c.usage != "" && args[len(args)-1] == "" {
		return fmt.Errorf("usage: %s %s", verb, c.usage)
	}
	return c.run(l, s, p, args)
}

func (l *lobby) login(s *duplex.Socket, p *player, args []string) error {
	if p.name != "" {
		return errors.New("you are " + p.name)
	}
	if !names.MatchString(args[0]) {
		return errName
	}
	if err := l.hub.Bind(s, args[0]); err != nil {
		return err
	}
	p.name = args[0]
	p.timer.Stop()
	fmt.Fprintln(s, "welcome", p.name)
	return nil
}

func (l *lobby) join(s *duplex.Socket, p *player, args []string) error {
	name := args[0]
	if !names.MatchString(name) {
		return errName
	}
	if p.rooms[name] {
		return nil
	}
	if err := l.hub.Join(s, name); err != nil {
		return err
	}
	p.rooms[name] = true
	ctx, cancel := context.WithTimeout(s.Context(), wait)
	defer cancel()
	l.hub.Sync(ctx) // a node that does not answer is out soon, and has nothing to say
	return l.tell(name, p.name+" comes")
}

func (l *lobby) quit(s *duplex.Socket, p *player, args []string) error {
	if !p.rooms[args[0]] {
		return errNotIn
	}
	delete(p.rooms, args[0])
	return errors.Join(l.tell(args[0], p.name+" leaves"), l.hub.Leave(s, args[0]))
}

func (l *lobby) say(_ *duplex.Socket, p *player, args []string) error {
	if !p.rooms[args[0]] {
		return errNotIn
	}
	return l.tell(args[0], p.name+" says "+args[1])
}

func (l *lobby) to(_ *duplex.Socket, p *player, args []string) error {
	if !names.MatchString(args[0]) {
		return errName
	}
	return l.hub.Users(args[0]).Send(fmt.Appendf(nil, "from %s: %s\n", p.name, args[1]))
}

// move sends a position. The next one makes it worthless, so a player who does not keep up
// is left out, and it is not kept.
func (l *lobby) move(s *duplex.Socket, p *player, args []string) error {
	if !p.rooms[args[0]] {
		return errNotIn
	}
	return l.hub.Room(args[0]).Without(s).TrySend(fmt.Appendf(nil, "at %s %s %s\n", args[0], p.name, args[1]))
}

func (l *lobby) who(s *duplex.Socket, _ *player, args []string) error {
	ctx, cancel := context.WithTimeout(s.Context(), wait)
	defer cancel()
	names, err := l.hub.Room(args[0]).List(ctx)
	return answer(s, err, "who %s: %s", args[0], strings.Join(names, " "))
}

func (l *lobby) count(s *duplex.Socket, _ *player, args []string) error {
	ctx, cancel := context.WithTimeout(s.Context(), wait)
	defer cancel()
	n, err := l.hub.Room(args[0]).Count(ctx)
	return answer(s, err, "count %s: %d", args[0], n)
}

// answer writes what the nodes have answered, and names those that have not.
func answer(s *duplex.Socket, err error, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	var incomplete *room.IncompleteError
	if errors.As(err, &incomplete) {
		text += ", without " + strings.Join(incomplete.Nodes, " ")
	} else if err != nil {
		return err
	}
	fmt.Fprintln(s, text)
	return nil
}

// missed asks every node for what was said there last: for a player who was away.
func (l *lobby) missed(_ *duplex.Socket, p *player, args []string) error {
	if !p.rooms[args[0]] {
		return errNotIn
	}
	return l.hub.Room(desks).Send(fmt.Appendf(nil, "missed %s %s\n", args[0], p.name))
}

func (l *lobby) nodes(s *duplex.Socket, _ *player, _ []string) error {
	var list []string
	for _, n := range l.hub.Nodes() {
		if n.Up {
			list = append(list, n.Name)
		} else {
			list = append(list, fmt.Sprintf("%s (silent since %s)", n.Name, n.Heard.Format(time.TimeOnly)))
		}
	}
	fmt.Fprintf(s, "this is %s; others: %s\n", l.name, strings.Join(list, ", "))
	return nil
}

func (l *lobby) kick(_ *duplex.Socket, p *player, args []string) error {
	switch {
	case p.name != host:
		return errHost
	case !names.MatchString(args[0]):
		return errName
	}
	return l.hub.Users(args[0]).Kick(args[1])
}

func (l *lobby) shout(_ *duplex.Socket, p *player, args []string) error {
	if p.name != host {
		return errHost
	}
	return l.hub.Everyone().Send(fmt.Appendf(nil, "%s shouts: %s\n", p.name, args[0]))
}
