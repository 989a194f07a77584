// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"fmt"
	"log/slog"
	"time"
)

// A complaint is what an operator has to mend. Messages that show the same come all the time, so it is logged once in a
// while. Hub.mu guards it.
type complaint struct{ last time.Time }

// again is how long the same complaint is not logged again.
const again = 10 * time.Minute

// due reports whether it is to be logged now.
func (c *complaint) due(now time.Time) bool {
	if !c.last.IsZero() && now.Sub(c.last) < again {
		return false
	}
	c.last = now
	return true
}

// conflict counts a message of another process with the name of this node. What it returns is to be logged without mu.
func (l *link) conflict() string {
	l.stats.Conflicts++
	if !l.conflicts.due(l.now()) {
		return ""
	}
	return fmt.Sprintf("room: another node has the name %q; hint: give each node a name of its own, they do not hear each other", l.name)
}

// malformed counts a message that cannot be read. What it returns is to be logged without mu.
func (l *link) malformed(subject string, p []byte) string {
	l.stats.Malformed++
	switch {
	case len(p) > 0 && p[0] != version && l.versions.due(l.now()):
		return fmt.Sprintf("room: a message on %q begins with version %d, not %d; hint: nodes of this version do not hear that one, "+
			"and no other program may use these subjects", subject, p[0], version)
	case len(p) > 0 && p[0] == version && l.nonsense.due(l.now()):
		return fmt.Sprintf("room: a message on %q cannot be read; hint: no other program may use these subjects", subject)
	}
	return ""
}

// complain logs a complaint, if there is one. The caller does not hold mu: a Logger may call the Hub.
func (h *Hub) complain(text string) {
	if text == "" {
		return
	}
	logger := h.Logger
	if logger == nil {
		logger = slog.Default()
	}
	logger.Warn(text)
}
