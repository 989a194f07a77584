// Copyright 2026 The duplex authors. MIT license.

// Command release builds what a release of the command consists of:
//
//	release -version v0.1.0 -out DIR [-only linux/amd64,…] [ROOT]
//
// For each platform it makes an archive with duplex, duplex-run, the manual pages and the
// completions; for Linux a Debian package, too; and SHA256SUMS over all. The programs are
// static and stripped. Files hold no time and no path of the machine, so the same source
// and the same Go make the same bytes.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// platforms are those of a release.
const platforms = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64,freebsd/amd64,freebsd/arm64"

// epoch is the time of all files.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A file is one of an archive.
type file struct {
	name    string // with slashes
	mode    fs.FileMode
	content []byte
}

func main() {
	version := flag.String("version", "", "the version, as in v0.1.0")
	out := flag.String("out", "", "the folder to write")
	only := flag.String("only", platforms, "platforms, as in linux/amd64,darwin/arm64")
	flag.Parse()
	root := "."
	if flag.NArg() > 0 {
		root = flag.Arg(0)
	}
	if err := release(root, *version, *out, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(root, version, out string, platforms []string) error {
	if !strings.HasPrefix(version, "v") || out == "" {
		return fmt.Errorf("-version v0.1.0 and -out DIR are needed")
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	shared, err := pages(root, work, version)
	if err != nil {
		return err
	}
	license, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return err
	}
	made := make(map[string][]byte)
	for _, platform := range platforms {
		system, arch, _ := strings.Cut(platform, "/")
		var programs []file
		for name, dir := range map[string]string{"duplex": root, "duplex-run": filepath.Join(root, "script")} {
			if system == "windows" {
				name += ".exe"
			}
			content, err := build(dir, filepath.Join(work, "program"), version, system, arch)
			if err != nil {
				return fmt.Errorf("%s: %w", platform, err)
			}
			programs = append(programs, file{name, 0o755, content})
			fmt.Printf("%-14s %-15s %9d B\n", platform, name, len(content))
		}
		all := append(slices.Clone(programs), file{"LICENSE", 0o644, license})
		all = append(all, shared...)
		base := fmt.Sprintf("duplex-%s-%s-%s", strings.TrimPrefix(version, "v"), system, arch)
		for i := range all {
			all[i].name = path.Join(base, all[i].name)
		}
		slices.SortFunc(all, func(a, b file) int { return strings.Compare(a.name, b.name) })
		if system == "windows" {
			made[base+".zip"], err = zipped(all)
		} else {
			made[base+".tar.gz"], err = tarred(all)
		}
		if err != nil {
			return err
		}
		if system == "linux" {
			name := fmt.Sprintf("duplex_%s_%s.deb", strings.TrimPrefix(version, "v"), arch)
			if made[name], err = debian(version, arch, license, programs, shared); err != nil {
				return err
			}
		}
	}
	var sums strings.Builder
	names := make([]string, 0, len(made))
	for name := range made {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(out, name), made[name], 0o666); err != nil {
			return err
		}
		fmt.Printf("%-40s %9d B\n", name, len(made[name]))
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(made[name]), name)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o666)
}

// build builds the program of a module's cmd folder: duplex, or duplex-run in script.
func build(dir, to, version, system, arch string) ([]byte, error) {
	program := "./cmd/duplex"
	if filepath.Base(dir) == "script" {
		program = "./cmd/duplex-run"
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags=-s -w -buildid= -X main.releaseVersion="+version, "-o", to, program)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(to)
}

// pages returns the manual pages, which are compressed, and the completions. A program for
// this machine makes them.
func pages(root, work, version string) (all []file, err error) {
	program := filepath.Join(work, "own")
	if _, err := build(root, program, version, "", ""); err != nil {
		return nil, err
	}
	dir := filepath.Join(work, "man")
	if err := os.Mkdir(dir, 0o777); err != nil {
		return nil, err
	}
	if out, err := exec.Command(program, "man", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("man: %w: %s", err, out)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		page, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		section := strings.TrimPrefix(path.Ext(entry.Name()), ".")
		all = append(all, file{"share/man/man" + section + "/" + entry.Name() + ".gz", 0o644, gzipped(page)})
	}
	for shell, name := range map[string]string{
		"bash":       "share/bash-completion/completions/duplex",
		"zsh":        "share/zsh/vendor-completions/_duplex",
		"fish":       "share/fish/vendor_completions.d/duplex.fish",
		"powershell": "share/powershell/duplex.ps1",
	} {
		script, err := exec.Command(program, "completion", shell).Output()
		if err != nil {
			return nil, fmt.Errorf("completion %s: %w", shell, err)
		}
		all = append(all, file{name, 0o644, script})
	}
	return all, nil
}

// gzipped compresses p, without a time.
func gzipped(p []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	w.Write(p)
	w.Close()
	return b.Bytes()
}

// tarred returns a tar.gz of files that belong to root.
func tarred(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode.Perm()), Size: int64(len(f.content)), ModTime: epoch,
			Typeflag: tar.TypeReg, Uname: "root", Gname: "root", Format: tar.FormatGNU}
		if f.mode.IsDir() {
			h.Typeflag, h.Name = tar.TypeDir, f.name+"/"
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return gzipped(b.Bytes()), nil
}

func zipped(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: epoch}
		h.SetMode(f.mode)
		to, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
