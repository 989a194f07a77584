// Copyright 2026 The duplex authors. MIT license.

// Package room holds rooms of sockets and users, on one node or on many, and writes to
// them as one:
//
//	var hub = &room.Hub{}
//
//	hub.Join(s, "lobby")
//	hub.Bind(s, "alice")
//	hub.Room("lobby").Without(s).Send([]byte("alice is here\n"))
//	hub.Users("bob").Send([]byte("psst\n"))
//
// With a [Bus] the same calls reach the sockets of all nodes. Module cluster has a Bus
// over NATS; package roomtest has one in memory, for tests of programs.
//
//	hub := &room.Hub{Bus: bus, OnGap: resend}
//	if err := hub.Start(); err != nil { … }
//	defer hub.Close(ctx)
//
// # Selections
//
// [Hub.Room], [Hub.Users] and [Hub.Everyone] select sockets, and Or, Except, Without and
// Local change the selection. Its verbs are Send, TrySend, Join, Leave, Kick, Count and List.
// Send and the others return at once, and never wait for the Bus or for a client, so callbacks
// of sockets may call them. Count and List ask the other nodes and wait.
//
// # What is promised
//
// A socket receives a message at most once. What one goroutine sends to one room is received in
// that order. Between rooms, and between senders, there is no order.
//
// A message is lost if the Bus loses it, or if the node that sends it dies. Loss is reported, never hidden. Every
// node numbers what it sends, so the others notice what is missing: by the next
// message, and at the latest by the next heartbeat. They report it as a [Gap], with the node, the
// room and the number of messages. For a node that lives or comes back, the sum of
// these numbers is exactly what was sent and not delivered, from the time on at which
// [Hub.Sync] has returned, and for one that closes its Hub, too. Of a node that dies, what it
// sent last may be missing without a Gap; OnNode reports the death. There is no history. A program that needs one keeps the last
// messages of a room itself, or sends the state anew after a Gap.
//
// # Nodes that are silent
//
// A node that was silent for three heartbeats is out. What it has sent until then and arrives
// later is not delivered, and is reported as a Gap. Neither side needs to be restarted: the node is told, and is
// back after a round trip. A node that was frozen (by the system, a debugger, or a
// virtual machine), or whose machine was suspended, notices that by itself, and reports no other node as silent: if its
// monotonic clock has stood still, by the wall clock. A wall clock that someone sets forward costs it a round trip, in which
// what comes is a Gap. No message is
// delivered that was sent three heartbeats ago, wherever it was meanwhile: a node that is so slow discards
// what comes, and reports Gaps. A node that was out for less than 600 heartbeats is
// still remembered, and what it has sent meanwhile is a Gap.
//
// # Users with one login
//
// With [Hub.Unique] a newer Bind removes the older socket of a user, on whatever node. Of logins at
// the same moment at several nodes, one stays, as soon as each node has heard of the
// others. While a network is cut in two, both sides may have a socket of a user; afterwards the newer
// stays.
//
// # Other nodes are trusted, within limits
//
// A node that is in can send to every client. But no flood of its heartbeats, questions and answers makes memory grow without
// end: what is queued for it is limited, a node that gets no answer asks again after a heartbeat, no more than 4096 nodes are known,
// and the names that a node lists in one answer take 256 MiB at most. Stats counts what was not answered (Withheld).
//
// # Cost
//
// A room costs its node some hundred bytes, and no goroutine. It stays
// subscribed for five heartbeats after its last socket has left, so that players who change
// rooms cost no subscription. All users share 1,024 subjects to which every node has
// subscribed, as to the subjects of everyone and of the node itself.
package room
