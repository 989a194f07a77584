// Copyright 2026 The duplex authors. MIT license.

// Package handover passes listeners from one process to the next: by the protocol of
// sd_listen_fds(3), which systemd speaks too, and by a pipe in which a successor reports that
// it is ready. See duplex.HandOver and duplex.InheritedListeners.
package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Gift is a listener for a successor.
type Gift struct {
	Name  string
	File  *os.File // its descriptor
	Owned bool     // with the file of its Unix socket, which the successor removes
}

// CheckName returns an error if LISTEN_FDNAMES cannot hold the name.
func CheckName(name string) error {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == ':' }) {
		return fmt.Errorf("duplex: the listener's name %q is not printable ASCII, or has a colon", name)
	}
	return nil
}

// Give starts cmd, the successor, with the listeners, and returns nil when it has reported
// that it is ready. If the successor ends before, or ctx does, Give kills it, waits for it,
// and returns why. Give closes the files in any case.
func Give(ctx context.Context, cmd *exec.Cmd, gifts []Gift) error {
	ready, err := start(cmd, gifts)
	if err != nil {
		return err
	}
	defer ready.Close()
	told := make(chan error, 1)
	go func() { // until the successor is ready or ends, or ready is closed
		_, err := io.ReadFull(ready, make([]byte, 1))
		told <- err
	}()
	select {
	case err = <-told:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err == nil {
		return nil
	}
	_ = cmd.Process.Kill()
	if cmd.WaitDelay == 0 { // its own children may hold its output open
		cmd.WaitDelay = time.Second
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case ended == nil:
		return errors.New("duplex: the successor ended before it was ready")
	}
	return fmt.Errorf("duplex: the successor ended before it was ready: %w", ended)
}

// variable is the environment variable that names the descriptor by which a successor
// reports that it is ready, and those of Unix sockets whose files it gets.
const variable = "DUPLEX_HANDOVER"

// firstInherited is the first descriptor that is passed on (SD_LISTEN_FDS_START).
const firstInherited = 3

// startVariables are those of sd_listen_fds(3).
var startVariables = []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"}

// start starts cmd with the listeners, and returns the pipe by which it reports that it is
// ready.
func start(cmd *exec.Cmd, gifts []Gift) (ready *os.File, err error) {
	var listeners []*os.File
	var names, owned []string
	for i, g := range gifts {
		defer g.File.Close()
		listeners, names = append(listeners, g.File), append(names, g.Name)
		if g.Owned {
			owned = append(owned, strconv.Itoa(firstInherited+i))
		}
	}
	ready, end, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer end.Close()
	cmd.ExtraFiles = slices.Concat(listeners, cmd.ExtraFiles, []*os.File{end})
	fd := firstInherited + len(cmd.ExtraFiles) - 1
	cmd.Env = slices.DeleteFunc(cmd.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == variable || slices.Contains(startVariables, name)
	})
	cmd.Env = append(cmd.Env,
		"LISTEN_FDS="+strconv.Itoa(len(names)),
		"LISTEN_FDNAMES="+strings.Join(names, ":"),
		variable+"="+strings.Join(append([]string{strconv.Itoa(fd)}, owned...), ":"))
	if err := cmd.Start(); err != nil {
		ready.Close()
		return nil, err
	}
	return ready, nil
}
