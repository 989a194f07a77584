// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"crypto/tls"
	"testing"
)

func TestTLSRenegotiationIsNeverAllowed(t *testing.T) {
	config := &tls.Config{Renegotiation: tls.RenegotiateFreelyAsClient}
	for _, got := range []*tls.Config{settled(config, ClientSide), named(config, "example.com:443")} {
		if got.Renegotiation != tls.RenegotiateNever {
			t.Error("a client would renegotiate")
		}
	}
	if config.Renegotiation != tls.RenegotiateFreelyAsClient {
		t.Error("the program's configuration was changed")
	}
	if got := settled(&tls.Config{}, ClientSide); got.ServerName != "" {
		t.Error("a name was made up")
	}
}
