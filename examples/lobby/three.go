// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// again is how long a node that has ended stays away.
const again = 2 * time.Second

// three runs three nodes, until ctx ends. On ten machines systemd does this, or its like.
func three(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	host, text, err := net.SplitHostPort(*addr)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("the port of %s is not a number", *addr)
	}
	nodes, err := free(3)
	if err != nil {
		return err
	}
	players := []string{*addr, *addr, *addr}
	for i := range 3 {
		if port != 0 { // 0 is any that is free
			players[i] = net.JoinHostPort(host, strconv.Itoa(port+i))
			nodes[i] = net.JoinHostPort("127.0.0.1", strconv.Itoa(port+100+i))
		}
	}
	var all sync.WaitGroup
	for i, listen := range nodes {
		name := fmt.Sprint("node-", i+1)
		all.Go(func() {
			keep(ctx, name, self, "-until-eof", "-name", name, "-addr", players[i],
				"-cluster", listen, "-peers", strings.Join(nodes, ","))
		})
	}
	all.Wait()
	return nil
}

// keep runs a node, and runs it again when it has ended. The node ends with its standard
// input, so it does not outlive this process, however that ends.
func keep(ctx context.Context, name, self string, args ...string) {
	for ctx.Err() == nil {
		cmd := exec.Command(self, args...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		stdin, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err == nil {
			stop := context.AfterFunc(ctx, func() { stdin.Close() })
			err = cmd.Wait()
			stop()
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = fmt.Errorf("without an error")
		}
		fmt.Printf("%s has ended: %v. It starts again in %v.\n", name, err, again)
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

// free returns n loopback addresses at which no one listens.
func free(n int) (addresses []string, err error) {
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer ln.Close() // when all are found, so that each is another
		addresses = append(addresses, ln.Addr().String())
	}
	return addresses, nil
}
