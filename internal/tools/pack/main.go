// Copyright 2026 The duplex authors. MIT license.

// Command pack packs modules as a Go proxy serves them:
//
//	pack -version v0.1.0 -out DIR MODULE-FOLDER...
//
// DIR is then a value for GOPROXY, as file://DIR.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	version := flag.String("version", "", "the version of all modules")
	out := flag.String("out", "", "the folder of the proxy")
	flag.Parse()
	for _, dir := range flag.Args() {
		if err := pack(dir, *version, *out); err != nil {
			fmt.Fprintf(os.Stderr, "pack: %s: %v\n", dir, err)
			os.Exit(1)
		}
	}
}

// pack writes the files that a proxy serves for one version of the module in dir.
func pack(dir, version, out string) error {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return err
	}
	if len(mod.Replace) > 0 {
		return fmt.Errorf("go.mod has a replace, which go install refuses")
	}
	m := module.Version{Path: mod.Module.Mod.Path, Version: version}
	folder := filepath.Join(out, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	info := fmt.Sprintf("{\"Version\":%q,\"Time\":%q}\n", version, time.Now().UTC().Format(time.RFC3339))
	for name, content := range map[string]string{"list": version + "\n", version + ".mod": string(text), version + ".info": info} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o666); err != nil {
			return err
		}
	}
	return write(filepath.Join(folder, version+".zip"), func(w io.Writer) error { return zip.CreateFromDir(w, m, dir) })
}

// write makes a file of what f writes.
func write(name string, f func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := f(file); err != nil {
		return err
	}
	return file.Close()
}
