// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/tls"

	"github.com/dop251/goja"
)

// bindState binds what a script asks of a connection. Until the handshake is complete,
// most of it is undefined.
//
//	protocol(native) → such as 'TLSv1.3'; cipher(native) → [OpenSSL's name, the standard's, version]
//	alpn(native), servername(native) → text or false; reused(native) → boolean
//	peer(native) → DER of the peer's certificates, from its own to that of an authority
//	own(native) → DER of the certificate that the peer was shown
//	verdict(native) → [code, message], undefined if the peer's certificate is accepted
//	session(native), ticket(native) → Buffer; ephemeral(native) → [type, name, bits]
//	finished(native) → Buffer; exported(native, length, label, context) → Buffer
//	ciphers: names of what can be asked for; roots() → PEM of the system's authorities
func (e *encryption) bindState(exports *goja.Object, native func(goja.FunctionCall) *handle) {
	r := e.r
	set := func(name string, f func(s *security, state tls.ConnectionState, call goja.FunctionCall) any) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value {
			h := native(call)
			if h.tls == nil || h.socket == nil {
				return goja.Undefined()
			}
			switch v := f(h.tls, h.socket.ConnectionState(), call).(type) {
			case nil:
				return goja.Undefined()
			case []byte:
				if v == nil {
					return goja.Undefined()
				}
				return r.newBuffer(v)
			case [][]byte:
				list := make([]any, len(v))
				for i, p := range v {
					list[i] = r.newBuffer(p)
				}
				return r.vm.NewArray(list...)
			case []any:
				return r.vm.NewArray(v...)
			default:
				return r.vm.ToValue(v)
			}
		})
	}
	complete := func(name string, f func(s *security, state tls.ConnectionState, call goja.FunctionCall) any) {
		set(name, func(s *security, state tls.ConnectionState, call goja.FunctionCall) any {
			if !state.HandshakeComplete {
				return nil
			}
			return f(s, state, call)
		})
	}
	complete("protocol", func(_ *security, state tls.ConnectionState, _ goja.FunctionCall) any {
		return versionName(state.Version)
	})
	complete("cipher", func(_ *security, state tls.ConnectionState, _ goja.FunctionCall) any {
		c := suite(state.CipherSuite)
		return []any{c.name, tls.CipherSuiteName(state.CipherSuite), c.version}
	})
	complete("alpn", func(_ *security, state tls.ConnectionState, _ goja.FunctionCall) any {
		if state.NegotiatedProtocol == "" {
			return false
		}
		return state.NegotiatedProtocol
	})
	complete("servername", func(s *security, state tls.ConnectionState, _ goja.FunctionCall) any {
		if state.ServerName == "" {
			return false
		}
		return state.ServerName
	})
	set("reused", func(s *security, _ tls.ConnectionState, _ goja.FunctionCall) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.resumed
	})
	set("peer", func(s *security, state tls.ConnectionState, _ goja.FunctionCall) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.verdict == nil {
			return nil
		}
		chain := make([][]byte, len(s.verdict.chain))
		for i, c := range s.verdict.chain {
			chain[i] = c.Raw
		}
		return chain
	})
	set("own", func(s *security, _ tls.ConnectionState, _ goja.FunctionCall) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		own := s.own
		if own == nil && len(s.context.certificates) > 0 {
			own = &s.context.certificates[0]
		}
		if own == nil {
			return nil
		}
		return own.Certificate[0]
	})
	set("verdict", func(s *security, _ tls.ConnectionState, _ goja.FunctionCall) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.verdict == nil || s.verdict.code == "" {
			return nil
		}
		return []any{s.verdict.code, verdictTexts[s.verdict.code]}
	})
	set("session", func(s *security, _ tls.ConnectionState, _ goja.FunctionCall) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.saved == nil {
			return nil
		}
		return s.saved.bytes()
	})
	set("ticket", func(s *security, _ tls.ConnectionState, _ goja.FunctionCall) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.saved == nil {
			return nil
		}
		ticket, _, _ := s.saved.state.ResumptionState()
		return ticket
	})
	complete("ephemeral", func(_ *security, state tls.ConnectionState, _ goja.FunctionCall) any {
		for _, c := range tlsCurves {
			if c.id == state.CurveID {
				return []any{"ECDH", c.name, c.bits}
			}
		}
		return nil
	})
	complete("finished", func(_ *security, state tls.ConnectionState, _ goja.FunctionCall) any { return state.TLSUnique })
	complete("exported", func(_ *security, state tls.ConnectionState, call goja.FunctionCall) any {
		context, _ := r.bytesOf(call.Argument(3))
		p, err := state.ExportKeyingMaterial(call.Argument(2).String(), context, int(call.Argument(1).ToInteger()))
		if err != nil {
			panic(r.vm.NewGoError(err))
		}
		return p
	})
	exports.Set("ciphers", suiteNames())
	exports.Set("roots", func(goja.FunctionCall) goja.Value {
		list := []any{}
		for _, text := range r.systemRoots() {
			list = append(list, text)
		}
		return r.vm.NewArray(list...)
	})
}

// versionName returns OpenSSL's name of a version of TLS.
func versionName(version uint16) string {
	switch version {
	case tls.VersionTLS10:
		return "TLSv1"
	case tls.VersionTLS11:
		return "TLSv1.1"
	case tls.VersionTLS12:
		return "TLSv1.2"
	}
	return "TLSv1.3"
}
