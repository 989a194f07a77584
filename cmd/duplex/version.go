// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
)

func newVersion() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:               "version",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args:              none,
		RunE: func(*cobra.Command, []string) error {
			driver := new(duplex.Engine).Stats().Driver
			form := "duplex %s (%s, %s/%s, %s)\n"
			if asJSON {
				form = `{"duplex":%q,"go":%q,"os":%q,"arch":%q,"driver":%q}` + "\n"
			}
			return tell(fmt.Sprintf(form, version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, driver))
		},
	}
	addFlags(cmd, []flag{{"json", "", yes{&asJSON}}})
	return cmd
}

// releaseVersion is the version of a release, which its build sets.
var releaseVersion string

// version returns the version of the module.
func version() string {
	if releaseVersion != "" {
		return releaseVersion
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
