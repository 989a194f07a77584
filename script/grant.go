// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"os"
	"path/filepath"
)

// Allow grants everything; see [Runtime.Files].
func Allow(op, path string) error { return nil }

// AllowNetwork grants everything; see [Runtime.Network].
func AllowNetwork(op, network, address string) error { return nil }

// errNotGranted is why a script of a host that allows no files has none.
var errNotGranted = errors.New("Access to this API has been restricted") //lint:ignore ST1005 it is Node's message

// allowed asks the host whether the script may do op with a file, by the name that
// the script has for it and, where links lead elsewhere, by the file's own.
func (r *Runtime) allowed(op, path string) (full string, err error) {
	full, err = filepath.Abs(path)
	if err != nil {
		full = path
	}
	if r.Files == nil {
		return full, errNotGranted
	}
	if err := r.Files(op, full); err != nil {
		return full, err
	}
	if own := resolved(full); own != full {
		return own, r.Files(op, own)
	}
	return full, nil
}

// resolved returns path without symbolic links, as far as it exists.
func resolved(path string) string {
	rest := ""
	for at := path; ; at = filepath.Dir(at) {
		if own, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(own, rest)
		}
		if target, err := os.Readlink(at); err == nil { // it leads to what is not there yet
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(at), target)
			}
			return filepath.Join(target, rest)
		}
		if at == filepath.Dir(at) {
			return path
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}
