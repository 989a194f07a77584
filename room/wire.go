// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// MaxMessage is how many bytes a message on the Bus has at most, with its header and the
// names of its selection.
const MaxMessage = 1<<20 - 1<<10

// A kind is what a message is for. Its number is that on the Bus.
type kind uint8

const (
	beatKind     kind = iota + 1 // a heartbeat: its number, and the last numbers of streams
	byeKind                      // the node leaves: the number of its last heartbeat
	outKind                      // to a node that was silent: its epoch is over
	dataKind                     // a command for sockets
	bindKind                     // a user has logged in
	askKind                      // what are your numbers of these subjects?
	numbersKind                  // the answer
	queryKind                    // which sockets are selected?
	answerKind                   // the answer
	rosterKind                   // which users have you?
	usersKind                    // the answer
	helloKind                    // to a node that is new here, or back: the time
	pongKind                     // the answer to a heartbeat, or to a hello: its time
	farewellKind                 // the answer to a goodbye: the life of the node that leaves
)

// answers reports whether a message of the kind answers one of this node.
func (k kind) answers() bool {
	switch k {
	case numbersKind, answerKind, usersKind, pongKind, farewellKind:
		return true
	}
	return false
}

// A header begins every message.
//
//	version 1   1 byte
//	kind        1 byte; the highest bit is set as long as the sender has sent no data
//	life        8 bytes, of the sender: another one is another process
//	epoch       8 bytes
//	node        name of the sender
//
// Numbers of 8 bytes are little-endian. All other numbers are varints, and strings follow
// their length.
type header struct {
	kind        kind
	fresh       bool
	node        string
	life, epoch uint64
}

const (
	version  = 1
	freshBit = 1 << 7
	epochAt  = 10 // the place of the epoch
)

func appendHeader(p []byte, h header) []byte {
	k := byte(h.kind)
	if h.fresh {
		k |= freshBit
	}
	p = append(p, version, k)
	p = appendFixed(p, h.life)
	p = appendFixed(p, h.epoch)
	return appendText(p, h.node)
}

func appendFixed(p []byte, n uint64) []byte { return binary.LittleEndian.AppendUint64(p, n) }

func appendNumber(p []byte, n uint64) []byte { return binary.AppendUvarint(p, n) }

func appendText(p []byte, s string) []byte {
	return append(appendNumber(p, uint64(len(s))), s...)
}

func appendTexts(p []byte, list []string) []byte {
	p = appendNumber(p, uint64(len(list)))
	for _, s := range list {
		p = appendText(p, s)
	}
	return p
}

func appendBool(p []byte, b bool) []byte {
	if b {
		return append(p, 1)
	}
	return append(p, 0)
}

func appendTerms(p []byte, t terms) []byte {
	p = appendBool(p, t.everyone)
	return appendTexts(appendTexts(p, t.rooms), t.users)
}

// appendCommand appends all of c but the marks.
func appendCommand(p []byte, t Selection, c command) []byte {
	p = append(p, byte(c.verb))
	p = appendTerms(appendTerms(p, t.to), t.except)
	p = appendTexts(p, c.rooms)
	return append(p, c.body...)
}

// A mark is the number of a message in the stream of its sender and a subject. The first
// message of a stream has the number after base.
type mark struct {
	subject   string
	base, seq uint64
}

func appendMark(p []byte, m mark) []byte {
	return appendFixed(appendFixed(appendText(p, m.subject), m.base), m.seq)
}

// setMark sets the numbers of a mark that ends at p[end].
func setMark(p []byte, end int, m mark) {
	binary.LittleEndian.PutUint64(p[end-16:], m.base)
	binary.LittleEndian.PutUint64(p[end-8:], m.seq)
}

func setEpoch(p []byte, epoch uint64) { binary.LittleEndian.PutUint64(p[epochAt:], epoch) }

var errMalformed = errors.New("room: malformed message")

// A reader takes a message apart. After bad input it is bad, and returns zeros.
type reader struct {
	p   []byte
	bad bool
}

// err returns an error if the message was bad.
func (r *reader) err() error {
	if r.bad {
		return errMalformed
	}
	return nil
}

func (r *reader) fail() {
	r.p, r.bad = nil, true
}

func (r *reader) byte() byte {
	if len(r.p) == 0 {
		r.fail()
		return 0
	}
	b := r.p[0]
	r.p = r.p[1:]
	return b
}

func (r *reader) bool() bool {
	b := r.byte()
	if b > 1 {
		r.fail()
	}
	return b == 1
}

func (r *reader) fixed() uint64 {
	if len(r.p) < 8 {
		r.fail()
		return 0
	}
	n := binary.LittleEndian.Uint64(r.p)
	r.p = r.p[8:]
	return n
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.p)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.p = r.p[size:]
	return n
}

// count returns a number of things that have a byte each at least.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.p)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.count()
	s := string(r.p[:n])
	r.p = r.p[n:]
	return s
}

func (r *reader) texts() (list []string) {
	for n := r.count(); n > 0 && !r.bad; n-- {
		list = append(list, r.text())
	}
	return list
}

// names returns names of rooms or users, which have to be good.
func (r *reader) names() []string {
	list := r.texts()
	if checkNames(list) != nil {
		r.fail()
		return nil
	}
	return list
}

func (r *reader) terms() terms {
	return terms{everyone: r.bool(), rooms: r.names(), users: r.names()}
}

func (r *reader) mark() mark {
	m := mark{subject: r.text(), base: r.fixed(), seq: r.fixed()}
	if m.seq < m.base {
		r.fail()
	}
	return m
}

// numbered returns the mark of a message, whose number is after the base.
func (r *reader) numbered() mark {
	m := r.mark()
	if m.seq == m.base {
		r.fail()
	}
	return m
}

func (r *reader) marks() (list []mark) {
	for n := r.count(); n > 0 && !r.bad; n-- {
		list = append(list, r.numbered())
	}
	return list
}

// duration returns a number of nanoseconds.
func (r *reader) duration() time.Duration { return time.Duration(min(r.number(), math.MaxInt64)) }

// header returns the header of a message, or an error if there is none.
func (r *reader) header() (h header, err error) {
	if r.byte() != version {
		r.fail()
	}
	k := r.byte()
	h.kind, h.fresh = kind(k&^freshBit), k&freshBit != 0
	h.life, h.epoch = r.fixed(), r.fixed()
	h.node = r.text()
	if r.bad || h.node == "" || len(h.node) > MaxName {
		return h, errMalformed
	}
	return h, nil
}

// command returns the selection and the command, without hub.
func (r *reader) command() (t Selection, c command, err error) {
	c.verb = verb(r.byte())
	t.to, t.except = r.terms(), r.terms()
	c.rooms = r.names()
	if c.body = r.p; r.bad || c.verb > kick {
		return t, c, errMalformed
	}
	return t, c, nil
}
