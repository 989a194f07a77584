// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"
)

// A codeFailure is an error of Node's own, by its code.
type codeFailure struct {
	code string
	args []any
}

func (f *codeFailure) Error() string { return f.code }

// nodeFailure returns the error that codes[code] of internal/errors makes of args.
func nodeFailure(code string, args ...any) error { return &codeFailure{code, args} }

// A plainFailure is an error of Node's that has no code, in Node's words.
type plainFailure string

func (f plainFailure) Error() string { return string(f) }

// An sslFailure is an error as OpenSSL has them, which Node hands on: scripts look at
// its code and its reason.
type sslFailure struct {
	lib    int
	number int // of the reason
	reason string
	stack  []*sslFailure // that led to it
}

func (f *sslFailure) Error() string {
	return fmt.Sprintf("error:%08X:%s::%s", f.lib<<23|f.number, sslLibraries[f.lib].name, f.reason)
}

// after returns f with the errors that OpenSSL reports beside it.
func (f *sslFailure) after(stack ...*sslFailure) *sslFailure {
	with := *f
	with.stack = stack
	return &with
}

// OpenSSL's libraries by number, with what Node puts into a code for them.
var sslLibraries = map[int]struct{ name, code string }{
	0:  {"lib(0)", ""},
	2:  {"system library", ""},
	4:  {"rsa routines", "RSA_"},
	5:  {"Diffie-Hellman routines", "DH_"},
	6:  {"digital envelope routines", "EVP_"},
	9:  {"PEM routines", "PEM_"},
	11: {"x509 certificate routines", "X509_"},
	13: {"asn1 encoding routines", "ASN1_"},
	15: {"common libcrypto routines", "CRYPTO_"},
	16: {"elliptic curve routines", "EC_"},
	20: {"SSL routines", "SSL_"},
	35: {"PKCS12 routines", "PKCS12_"},
	57: {"Provider routines", ""},
	60: {"DECODER routines", ""},
}

// The errors that scripts meet.
var (
	sslUnsupported       = &sslFailure{6, 0x8010c, "unsupported", nil}
	sslInitialization    = &sslFailure{6, 0x86, "initialization error", nil}
	sslNotXOF            = &sslFailure{6, 0xb2, "not XOF or invalid length", nil}
	sslMemoryLimit       = &sslFailure{6, 0xac, "memory limit exceeded", nil}
	sslNotForKeyType     = &sslFailure{6, 0x96, "operation not supported for this keytype", nil}
	sslDifferentKeyTypes = &sslFailure{6, 0x99, "different key types", nil}

	sslBadDecrypt      = &sslFailure{57, 0x64, "bad decrypt", nil}
	sslFinalBlock      = &sslFailure{57, 0x6b, "wrong final block length", nil}
	sslPaddingMode     = &sslFailure{57, 0xa5, "illegal or unsupported padding mode", nil}
	sslDigestForbidden = &sslFailure{57, 0xae, "digest not allowed", nil}
	sslInvalidDigest   = &sslFailure{57, 0x7a, "invalid digest", nil}
	sslSaltTooSmall    = &sslFailure{57, 0xac, "pss saltlen too small", nil}
	sslKeyTooSmall     = &sslFailure{57, 0xab, "key size too small", nil}
	sslProviderRSA     = &sslFailure{57, 0x80004, "RSA lib", nil}
	sslNoPassphrase    = &sslFailure{57, 0x9f, "unable to get passphrase", nil}

	sslDataTooLarge   = &sslFailure{4, 0x6e, "data too large for key size", nil}
	sslDataTooSmall   = &sslFailure{4, 0x7a, "data too small for key size", nil}
	sslDataTooGreat   = &sslFailure{4, 0x84, "data too large for modulus", nil}
	sslOAEPDecoding   = &sslFailure{4, 0x79, "oaep decoding error", nil}
	sslUnknownPadding = &sslFailure{4, 0x76, "unknown padding type", nil}
	sslInvalidPadding = &sslFailure{4, 0x8a, "invalid padding", nil}
	sslPaddingCheck   = &sslFailure{4, 0x72, "padding check failed", nil}
	sslBlockType      = &sslFailure{4, 0x6a, "block type is not 01", nil}
	sslDigestTooBig   = &sslFailure{4, 0x70, "digest too big for rsa key", nil}

	sslModulusTooSmall = &sslFailure{5, 0x7e, "modulus too small", nil}
	sslBadGenerator    = &sslFailure{5, 0x65, "bad generator", nil}

	sslDecoder        = &sslFailure{60, 0x8010c, "unsupported", nil}
	sslHeaderTooLong  = &sslFailure{13, 0x7b, "header too long", nil}
	sslWrongTag       = &sslFailure{13, 0xa8, "wrong tag", nil}
	sslInterrupted    = &sslFailure{15, 0x80109, "interrupted or cancelled", nil}
	sslPasswordRead   = &sslFailure{9, 0x68, "bad password read", nil}
	sslNoStartLine    = &sslFailure{9, 0x6c, "no start line", nil}
	sslPEMBadDecrypt  = &sslFailure{9, 0x65, "bad decrypt", nil}
	sslPKCS12Final    = &sslFailure{35, 0x74, "pkcs12 cipherfinal error", nil}
	sslKeyMismatch    = &sslFailure{11, 0x74, "key values mismatch", nil}
	sslNoCipherMatch  = &sslFailure{20, 0xb9, "no cipher match", nil}
	sslNothing        = &sslFailure{0, 0, "reason(0)", nil}
	errAuthentication = plainFailure("Unsupported state or unable to authenticate data")
	errUpdateState    = plainFailure("Trying to add data in unsupported state")
)

// failure returns the script's form of an error: what util.js makes of
//
//	'code', code, args
//	'ssl', message, messages of the stack, library, reason, prefix of the code
//	'job', message, messages of the stack: of what was done by a worker
//	'plain', message
func (c *cryptography) failure(err error, later bool) goja.Value {
	vm := c.r.vm
	var details []goja.Value
	var code *codeFailure
	var ssl *sslFailure
	switch {
	case errors.As(err, &code):
		details = []goja.Value{vm.ToValue("code"), vm.ToValue(code.code), vm.NewArray(code.args...)}
	case errors.As(err, &ssl):
		stack := make([]any, len(ssl.stack))
		for i, f := range ssl.stack {
			stack[i] = f.Error()
		}
		details = []goja.Value{vm.ToValue("job"), vm.ToValue(ssl.Error()), vm.NewArray(stack...)}
		if !later {
			library := sslLibraries[ssl.lib]
			details[0] = vm.ToValue("ssl")
			details = append(details, vm.ToValue(library.name), vm.ToValue(ssl.reason), vm.ToValue(library.code))
		}
	default:
		details = []goja.Value{vm.ToValue("plain"), vm.ToValue(err.Error())}
	}
	value, again := c.fail(goja.Undefined(), details...)
	if again != nil {
		return c.r.thrown(again)
	}
	return value
}
