// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/pem"
	"os"
	"strings"
)

// rootFiles are where systems keep the certificates of their authorities, the first that
// there is.
var rootFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem", "/usr/local/share/certs/ca-root-nss.crt",
}

// systemRoots returns the certificates of the system's authorities as text, if they are in
// a file.
func (r *Runtime) systemRoots() (all []string) {
	files := rootFiles
	for _, e := range r.Env {
		if name, ok := strings.CutPrefix(e, "SSL_CERT_FILE="); ok && name != "" {
			files = []string{name}
		}
	}
	for _, name := range files {
		if _, err := r.allowed("read", name); err != nil {
			continue
		}
		p, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for {
			var block *pem.Block
			if block, p = pem.Decode(p); block == nil {
				return all
			}
			if block.Type == "CERTIFICATE" {
				all = append(all, strings.TrimSuffix(string(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})), "\n"))
			}
		}
	}
	return all
}
