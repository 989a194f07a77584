// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// control is what a Debian package says of itself. Its programs are static, so it depends
// on nothing.
const control = `Package: duplex
Version: %s
Architecture: %s
Maintainer: The duplex authors <duplex@duplex.invalid>
Installed-Size: %d
Section: net
Priority: optional
Homepage: https://github.com/duplex-go/duplex
Description: TCP conversations, as events for people and as bytes for pipes
 duplex serves, connects to, records and replays TCP conversations. On a
 terminal it shows events, and into a pipe exactly the bytes that came.
 duplex-run runs scripts that were written for Node.js.
`

// debian returns a Debian package: an ar archive of a version, of what the package says of
// itself, and of its files (deb(5)).
func debian(version, arch string, license []byte, programs, shared []file) ([]byte, error) {
	data := []file{{"usr/share/doc/duplex/copyright", 0o644, license}}
	for _, f := range programs {
		data = append(data, file{"usr/bin/" + f.name, f.mode, f.content})
	}
	for _, f := range shared {
		if path.Ext(f.name) != ".ps1" {
			data = append(data, file{"usr/" + f.name, f.mode, f.content})
		}
	}
	slices.SortFunc(data, func(a, b file) int { return strings.Compare(a.name, b.name) })
	size := 0
	var sums strings.Builder
	for _, f := range data {
		size += len(f.content)
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.content), f.name)
	}
	about, err := tarred([]file{
		{"./control", 0o644, fmt.Appendf(nil, control, strings.TrimPrefix(version, "v"), arch, (size+1023)/1024)},
		{"./md5sums", 0o644, []byte(sums.String())},
	})
	if err != nil {
		return nil, err
	}
	content, err := tarred(withFolders(data))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, member := range []file{
		{"debian-binary", 0o100644, []byte("2.0\n")},
		{"control.tar.gz", 0o100644, about},
		{"data.tar.gz", 0o100644, content},
	} {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", member.name, epoch.Unix(), 0, 0, int(member.mode), len(member.content))
		b.Write(member.content)
		if len(member.content)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), nil
}

// withFolders returns files with the folders that they are in before them.
func withFolders(files []file) (all []file) {
	known := make(map[string]bool)
	for _, f := range files {
		var folders []string
		for dir := path.Dir(f.name); dir != "."; dir = path.Dir(dir) {
			if !known[dir] {
				known[dir] = true
				folders = append(folders, dir)
			}
		}
		slices.Reverse(folders)
		for _, dir := range folders {
			all = append(all, file{"./" + dir, fs.ModeDir | 0o755, nil})
		}
		all = append(all, file{"./" + f.name, f.mode, f.content})
	}
	return all
}
