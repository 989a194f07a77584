// Copyright 2026 The duplex authors. MIT license.

// What a load generator costs at the least: a plain loop around epoll in C, on one thread.
// It sends a message on each connection, takes the time when it is back, and sends the
// next one. ../generator_test.go holds duplex bench against it.
//
//	load PORT CONNS SIZE MS
//
// It prints how many messages were back, and the CPU time of that in nanoseconds.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct conn {
	int fd;
	size_t got;
	long long sent;
};

static long long now(clockid_t clock) {
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
	perror(what);
	exit(1);
}

int main(int argc, char **argv) {
	if (argc != 5)
		return 2;
	int count = atoi(argv[2]);
	size_t size = strtoul(argv[3], NULL, 10);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct conn *conns = calloc(count, sizeof *conns);
	char *message = calloc(1, size);
	static char input[64 << 10];
	static unsigned buckets[1 << 12]; // of times, so that they are not taken for nothing
	int one = 1, epoll = epoll_create1(0);
	if (conns == NULL || message == NULL || epoll < 0)
		die("load");
	for (struct conn *c = conns; c < conns + count; c++) {
		c->fd = socket(AF_INET, SOCK_STREAM, 0);
		struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
		if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 ||
		    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 ||
		    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e) < 0)
			die("connect");
	}
	long long cpu = now(CLOCK_PROCESS_CPUTIME_ID), end = now(CLOCK_MONOTONIC) + atoi(argv[4]) * 1000000LL;
	for (struct conn *c = conns; c < conns + count; c++) {
		c->sent = now(CLOCK_MONOTONIC);
		if (send(c->fd, message, size, MSG_NOSIGNAL) != (ssize_t)size)
			die("send");
	}
	long long messages = 0, t = 0;
	while (t < end) {
		struct epoll_event events[256];
		int n = epoll_wait(epoll, events, 256, 1000);
		if (n < 0)
			die("epoll_wait");
		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;
			ssize_t got = recv(c->fd, input, sizeof input, 0);
			if (got <= 0)
				die("recv");
			if ((c->got += got) < size)
				continue;
			t = now(CLOCK_MONOTONIC);
			long long us = (t - c->sent) / 1000;
			buckets[us < 1 << 12 ? us : (1 << 12) - 1]++;
			messages++;
			c->got = 0;
			c->sent = t;
			if (send(c->fd, message, size, MSG_NOSIGNAL) != (ssize_t)size)
				die("send");
		}
	}
	printf("%lld %lld\n", messages, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	return 0;
}
