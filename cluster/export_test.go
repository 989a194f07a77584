// Copyright 2026 The duplex authors. MIT license.

package cluster

// Subscriptions returns how many subscriptions the server of this node knows, also those of
// other nodes.
func (n *Node) Subscriptions() uint32 { return n.server.NumSubscriptions() }
