// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"hash/fnv"
	"strconv"
)

// A Bus carries messages between the Hubs of several processes, its nodes. Package
// roomtest has one in memory and the suite that every Bus passes; module cluster has one
// over NATS.
//
// A Bus delivers a message at most once. The messages of one node arrive in the order of
// its calls of Publish, also those of different subjects. A node that receives a message
// knows of every Subscribe that the sender called before it: what it publishes in answer
// reaches these subscriptions. Messages may be lost. The Hub finds out which, and reports
// them.
//
// The Hub calls Start first and Close last, and all other methods from one goroutine. So
// a method may wait for the network, but while it does nothing else is published, and a
// Bus that waits for more than two heartbeats makes its node one that was frozen.
type Bus interface {
	// Node returns the name of this node, 1 to 255 bytes. No other node of the Bus has it.
	Node() string

	// Start begins to deliver. The Bus calls receive with each message, on one goroutine
	// at a time; receive does not keep p, and returns soon. Messages of this node itself
	// need not be delivered, and are ignored. The Bus calls lost with the number of messages that
	// it knows were lost on the way here, or with 0 if a connection to other nodes has
	// changed: the Hub then asks every node at once, instead of waiting for heartbeats. No
	// call is made after Close has returned.
	Start(receive func(subject string, p []byte), lost func(n int)) error

	// Subscribe asks for the messages of a subject, which has up to 800 letters, digits, '-',
	// '_', '%' and, between others, '.'. A Hub subscribes to a subject once.
	Subscribe(subject string) error

	// Unsubscribe ends a subscription.
	Unsubscribe(subject string) error

	// Publish sends p to the nodes that have subscribed to the subject. Neither side
	// changes p afterwards. An error means that the message is lost.
	Publish(subject string, p []byte) error

	// Close ends the Bus. What was published is sent first, if that takes no longer than a
	// second or two. Other nodes have answered the goodbye of the Hub by then, so nothing
	// is lost if Close ends connections on which something arrives still.
	Close() error
}

// The subjects. Every node has subscribed to all of them but those of rooms, from start
// to end: what is published to a subject whose subscription is on its way would be lost,
// and two users who log in at the same moment at two nodes would not notice each other.
const (
	allSubject  = "all"   // to everyone, heartbeats and questions
	bindSubject = "bind"  // who has logged in
	nodePrefix  = "node." // to one node
	roomPrefix  = "room."
	userPrefix  = "user." // to the users of one bucket
)

// buckets is how many subjects all users share.
const buckets = 1024

// MaxName is how many bytes the name of a room or of a user has at most. It has one at
// least.
const MaxName = 255

// checkNames returns ErrName if one of the names is empty or too long.
func checkNames(names []string) error {
	for _, name := range names {
		if name == "" || len(name) > MaxName {
			return ErrName
		}
	}
	return nil
}

func roomSubject(name string) string { return roomPrefix + escape(name) }

func nodeSubject(name string) string { return nodePrefix + escape(name) }

// userSubject returns the subject of a user's bucket.
func userSubject(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return bucketSubject(int(h.Sum32() % buckets))
}

func bucketSubject(i int) string { return userPrefix + strconv.Itoa(i) }

// escape returns name with letters, digits, '-' and '_' as they are, and "%XX" for every
// other byte.
func escape(name string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := range len(name) {
		plain = plain && isPlain(name[i])
	}
	if plain {
		return name
	}
	p := make([]byte, 0, 3*len(name))
	for i := range len(name) {
		if c := name[i]; isPlain(c) {
			p = append(p, c)
		} else {
			p = append(p, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(p)
}

func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}
