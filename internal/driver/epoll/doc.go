// Copyright 2026 The duplex authors. MIT license.

// Package epoll is the driver for Linux. On other systems it is empty.
//
// # Interest
//
// Epoll is level-triggered: it tells what is so, again in each Wait, until it is
// so no more. The kernel thereby keeps the list of sockets that are still ready,
// takes them in turn, and forgets nothing when a callback panics in the middle
// of a batch; each socket gets one read of 64 KiB per turn.
//
// # Splicing
//
// Bytes go from socket to socket through a pipe of the kernel, one for each driver,
// made when it is first needed and empty between two calls. A socket that is spliced
// gets one read and one Splice of 256 KiB per turn. As long as there is that much,
// the read is a short one: it keeps the promise that Received comes first, so that
// the end, an error, and whether the way out still stands are found as ever, by recv
// and send.
//
// What epoll watches a socket for is changed late. It is told at once when it
// watches for too little, but of too much only when it tells of something that
// nobody wants to hear. So pausing and resuming between two packets, or being
// short of room again and again, costs no system call.
//
// Errors and hang-ups cannot be masked. A socket that neither reads nor waits
// for room is therefore taken out of epoll altogether, after one event at most.
//
// # The end of a connection
//
// Nothing asks for EPOLLRDHUP, and EPOLLHUP and EPOLLERR mean only that reading
// is worth a try: the end is when recv returns 0, or an error, behind everything
// that arrived before. A sender that waits for room hears of an error by being
// asked to try again. The kernel tells an error once; if it is Send that meets it,
// the reader is told Failed where it would be told Ended.
package epoll
