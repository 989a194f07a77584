// Copyright 2026 The duplex authors. MIT license.

// Package cluster is a Bus for package room over NATS. Without more, every node brings its
// own NATS server, and the servers find each other by a list of addresses:
//
//	bus := &cluster.Node{
//		Listen: "10.0.0.1:6222",
//		Peers:  []string{"10.0.0.2:6222", "10.0.0.3:6222"},
//		Secret: os.Getenv("CLUSTER_SECRET"),
//	}
//	hub := &room.Hub{Bus: bus}
//	if err := hub.Start(); err != nil { … }
//
// One peer that runs is enough to join, since the nodes tell each other of the others. A
// program of which an operator runs the NATS servers gives their URL instead:
//
//	bus := &cluster.Node{URL: "tls://nats.example.org:4222", Credentials: "game.creds"}
//
// # Security
//
// A program that knows the secret can join as a node, speak for other nodes, and send to every client. So a Node
// that listens beyond loopback does not start without a secret. The secret, and all messages, cross the network in the clear unless
// there is a TLS configuration. The server of a node accepts no clients but the
// program itself.
//
// # What NATS does here
//
// The package uses core NATS only: messages are carried, and not stored. Package room notices
// and reports lost messages. An idle Node takes some 5 MB and a dozen goroutines.
package cluster
