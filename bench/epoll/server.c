// Copyright 2026 The duplex authors. MIT license.

// The limit: what a plain loop around epoll, level-triggered, costs in C. It is
// not a library: it does what one workload asks, and nothing is between that and
// the kernel.
//
//	server MODE SIZE
//
// It prints its address and ends when its standard input does; ../epoll.go
// compiles and ../server.go starts it. It has GOMAXPROCS threads, each a loop with
// its share of the connections.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum mode { ECHO, BROADCAST, SINK, SOURCE };
static const char *const modes[] = {"echo", "broadcast", "sink", "source"};

static enum mode mode;
static size_t size;

// What a source sends repeats itself after so many bytes.
enum { PERIOD = 251, INPUT = 64 << 10, MOST = 64 };

struct conn {
	struct loop *loop;
	int fd;
	int flowing;     // SOURCE: it was asked to
	size_t at;       // SOURCE: where in the period; SINK: bytes since the last answer
	char *rest;      // not taken by the kernel yet; NULL when nothing
	size_t len, off; // of rest, and what of it is sent
	struct conn **prev, *next; // BROADCAST: members
};

struct loop {
	int epoll;
	pthread_t thread;
	char input[INPUT];
};

static struct loop *loops;
static int threads;
static struct conn listener, input; // on the first loop

static struct conn *members; // BROADCAST, which has one loop
static char *heard;          // what members said this turn
static size_t heardlen, heardcap;

static char *stream; // SOURCE: size bytes, from wherever in the period

static void die(const char *what) {
	perror(what);
	exit(1);
}

static void *grown(void *p, size_t n) {
	if ((p = realloc(p, n)) == NULL)
		die("realloc");
	return p;
}

static void watch(struct conn *c, int op, uint32_t events) {
	struct epoll_event e = {.events = events, .data.ptr = c};
	if (epoll_ctl(c->loop->epoll, op, c->fd, &e) < 0)
		die("epoll_ctl");
}

static void drop(struct conn *c) {
	if (c->prev != NULL) {
		*c->prev = c->next;
		if (c->next != NULL)
			c->next->prev = c->prev;
	}
	close(c->fd);
	free(c->rest);
	free(c);
}

// put sends p, and keeps what the kernel does not take. Who is gone is found out
// by reading.
static void put(struct conn *c, const char *p, size_t n) {
	if (c->rest == NULL) {
		ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
		if (sent == (ssize_t)n || (sent < 0 && errno != EAGAIN))
			return;
		if (sent > 0) {
			p += sent;
			n -= sent;
		}
		// Nothing is read before it is sent.
		watch(c, EPOLL_CTL_MOD, EPOLLOUT);
	}
	c->rest = grown(c->rest, c->len + n);
	memcpy(c->rest + c->len, p, n);
	c->len += n;
}

// resume sends what waited for room.
static void resume(struct conn *c) {
	ssize_t sent = send(c->fd, c->rest + c->off, c->len - c->off, MSG_NOSIGNAL);
	if (sent < 0 && errno == EAGAIN)
		return;
	if (sent >= 0 && (c->off += sent) < c->len)
		return;
	free(c->rest);
	c->rest = NULL;
	c->len = c->off = 0;
	watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

// flow sends once as much as there is room for.
static void flow(struct conn *c) {
	ssize_t sent = send(c->fd, stream + c->at, size, MSG_NOSIGNAL);
	if (sent > 0)
		c->at = (c->at + sent) % PERIOD;
	else if (errno != EAGAIN)
		drop(c);
}

static void hear(const char *p, size_t n) {
	if (heardlen + n > heardcap) {
		heardcap = 2 * (heardlen + n);
		heard = grown(heard, heardcap);
	}
	memcpy(heard + heardlen, p, n);
	heardlen += n;
}

// deliver gives every member, in one piece, what was said this turn.
static void deliver(void) {
	for (struct conn *c = members; c != NULL && heardlen > 0; c = c->next)
		put(c, heard, heardlen);
	heardlen = 0;
}

static void receive(struct conn *c) {
	char *p = c->loop->input;
	ssize_t n = recv(c->fd, p, INPUT, 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		drop(c);
		return;
	}
	switch (mode) {
	case ECHO:
		put(c, p, n);
		break;
	case BROADCAST:
		hear(p, n);
		break;
	case SINK:
		for (c->at += n; c->at >= size; c->at -= size)
			put(c, "", 1);
		break;
	case SOURCE:
		c->flowing = 1;
		watch(c, EPOLL_CTL_MOD, EPOLLOUT);
		break;
	}
}

static void greet(void) {
	static int turn;
	int fd, on = 1;
	while ((fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct conn *c = grown(NULL, sizeof *c);
		*c = (struct conn){.loop = &loops[turn++ % threads], .fd = fd};
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (mode == BROADCAST) {
			c->prev = &members;
			c->next = members;
			if (members != NULL)
				members->prev = &c->next;
			members = c;
		}
		watch(c, EPOLL_CTL_ADD, EPOLLIN);
	}
}

static void *run(void *arg) {
	struct loop *l = arg;
	struct epoll_event events[MOST];
	for (;;) {
		int n = epoll_wait(l->epoll, events, MOST, -1);
		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;
			if (c == &listener)
				greet();
			else if (c == &input)
				exit(0);
			else if (c->flowing)
				flow(c);
			else if (c->rest != NULL && events[i].events & ~EPOLLIN)
				resume(c);
			else
				receive(c);
		}
		deliver();
	}
}

int main(int argc, char **argv) {
	if (argc != 3)
		return 2;
	while (strcmp(modes[mode], argv[1]) != 0)
		if (++mode == sizeof modes / sizeof *modes)
			return 2;
	size = strtoul(argv[2], NULL, 10);
	const char *most = getenv("GOMAXPROCS");
	if (mode != BROADCAST && most != NULL)
		threads = atoi(most);
	if (threads < 1)
		threads = 1;
	if (mode == SOURCE) {
		stream = grown(NULL, size + PERIOD);
		for (size_t i = 0; i < size + PERIOD; i++)
			stream[i] = i % PERIOD;
	}

	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}

	loops = grown(NULL, threads * sizeof *loops);
	for (int i = 0; i < threads; i++)
		if ((loops[i].epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
			die("epoll_create1");

	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof addr;
	listener.loop = input.loop = loops;
	listener.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener.fd < 0 || bind(listener.fd, (struct sockaddr *)&addr, len) < 0 ||
	    listen(listener.fd, SOMAXCONN) < 0 || getsockname(listener.fd, (struct sockaddr *)&addr, &len) < 0)
		die("listen");
	watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
	watch(&input, EPOLL_CTL_ADD, EPOLLIN); // descriptor 0, on which nothing but its end comes

	for (int i = 1; i < threads; i++)
		if ((errno = pthread_create(&loops[i].thread, NULL, run, &loops[i])) != 0)
			die("pthread_create");
	printf("127.0.0.1:%d\n", ntohs(addr.sin_port));
	fflush(stdout);
	run(loops);
}
