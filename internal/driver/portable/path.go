// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"io/fs"
	"net"
	"os"
	"strings"
)

// A pathListener is the handle of a Unix listener that this driver has made. Package net
// would remove the file by its name, even if the name belongs to another file by now.
type pathListener struct {
	*net.UnixListener
	path string
	file fs.FileInfo // the file that bind has made; nil if that is not known, or if there is none
}

// newPathListener returns the handle of ln, which has just been bound to path.
func newPathListener(ln *net.UnixListener, path string) *pathListener {
	l := &pathListener{UnixListener: ln, path: path}
	if strings.HasPrefix(path, "@") { // Linux's abstract space
		return l
	}
	if file, err := os.Lstat(path); err == nil {
		l.file = file
		ln.SetUnlinkOnClose(false)
	}
	return l
}

// Close removes the file that bind has made, unless there is another under its name
// by now, and closes the socket. The order matters: while the socket is open, no
// other file can have the number of its inode.
func (l *pathListener) Close() error {
	if l.file != nil {
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(l.file, now) {
			_ = os.Remove(l.path)
		}
	}
	return l.UnixListener.Close()
}
