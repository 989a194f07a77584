// Copyright 2026 The duplex authors. MIT license.

// Package epoll is the driver for Linux. On other systems it is empty.
//
// # Interest
//
// Epoll is level-triggered: every Wait reports a condition until it no longer holds. So
// the kernel keeps the list of sockets that are still ready, takes them in turn, and
// forgets nothing when a callback panics in the middle of a batch. Each socket gets one
// read of 64 KiB per turn. When a Wait has moved much, the next goes on with the events that
// are left, before it asks epoll again.
//
// # Splicing
//
// Bytes go from socket to socket through a pipe of the kernel. Each driver has one, which
// is made at first use and empty between two calls. A socket that is spliced gets one read
// and one Splice of 256 KiB per turn. While that many bytes are there, the read is a short
// one. It keeps the promise that Received comes first, so that recv and send find the end,
// an error, and a destination that cannot send, as they always do.
//
// The events for which epoll watches a socket are changed late. The driver adds a missing
// event at once, but removes a superfluous one only when epoll reports it. So pausing and
// resuming between two packets, or being short of room again and again, costs no system
// call.
//
// Errors and hang-ups cannot be masked. A socket that neither reads nor waits for room is
// therefore taken out of epoll altogether, after one event at most. A socket whose peer has
// ended stays, edge-triggered and for errors alone: a later reset is reported once, and
// costs nothing until it comes.
//
// # The end of a connection
//
// The driver does not ask for EPOLLRDHUP, and EPOLLHUP and EPOLLERR mean only that reading
// is worth a try. The end comes when recv returns 0, or an error, after all bytes that
// arrived before. A sender that waits for room is asked to try again, and receives an error
// by that try. The kernel reports an error once. If Send receives it, the driver reports
// Failed instead of Ended.
package epoll
