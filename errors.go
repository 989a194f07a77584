// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/internal/crash"
	"github.com/duplex-go/duplex/internal/sys"
	"github.com/duplex-go/duplex/internal/target"
)

// Errors of this package. Network failures are [*net.OpError]. The use of a closed
// socket, server or engine is [net.ErrClosed], and an expired time limit
// [os.ErrDeadlineExceeded]; either may be wrapped, so use [errors.Is].
var (
	// ErrAlreadyListening is returned by Listen and ListenOn of a Server, from an
	// earlier Listen until OnClose is called. (Node: ERR_SERVER_ALREADY_LISTEN.)
	ErrAlreadyListening = errors.New("duplex: the server is listening already")

	// ErrWriteBufferFull is returned by Write when the write queue would grow beyond
	// MaxWriteBuffer, or the queues of the Server beyond MaxQueued. None of the bytes was
	// queued.
	ErrWriteBufferFull = errors.New("duplex: the write buffer is full")

	// ErrFrameTooLong is wrapped by the error of a socket whose peer sent a piece of more
	// than MaxFrame bytes, which says how many those are. OnError is called while the socket can still send an answer.
	ErrFrameTooLong = errors.New("duplex: the frame is longer than MaxFrame")
)

// ErrProxyTimeout is the Reason of a Drop of a client of a trusted proxy whose PROXY
// header did not come within ProxyTimeout. Its Code is ERR_PROXY_TIMEOUT, and errors.Is
// finds [os.ErrDeadlineExceeded], too.
var ErrProxyTimeout error = &timeoutError{"duplex: the PROXY header has not come in time", "ERR_PROXY_TIMEOUT"}

// A PanicError is the error of a socket whose callback panicked or called
// [runtime.Goexit]. It destroys the socket.
type PanicError struct {
	Value any    // the argument of panic; nil for Goexit
	Stack []byte // the stack of the callback, in the form of [runtime/debug.Stack]; it begins with the function that panicked
}

func (e *PanicError) Error() string {
	if e.Value == nil {
		return "duplex: a callback called runtime.Goexit"
	}
	return fmt.Sprintf("duplex: a callback panicked: %v", e.Value)
}

// Unwrap returns the value of the panic if it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// opError wraps err in a net.OpError. Op is Node's name of the attempted operation:
// connect, listen, accept, read, write or getaddrinfo.
func opError(op, network string, source, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network, Source: source, Addr: addr, Err: err}
}

// survive calls f, which is the program's. If f panics or ends its goroutine, crashed
// is called, with a nil Value in the second case.
func survive(f func(), crashed func(*PanicError)) {
	completed := false
	defer func() {
		if !completed {
			crashed(&PanicError{Value: recover(), Stack: crash.Stack(debug.Stack())})
		}
	}()
	f()
	completed = true
}

// Code returns Node's code of err, such as ECONNRESET, EADDRINUSE or ENOTFOUND, or
// "" if it has none. For an error of the system that Node does not name, it returns
// the system's name. An error of this package that Node does not have has a code of the
// same form, such as ERR_MAX_CONNS for [ErrMaxConns]; a [*PanicError] has that of the
// error it wraps. Code looks at err first and then at the errors that it wraps. Of
// several joined errors, for example of all attempts to connect, the first that has a
// code counts.
func Code(err error) string {
	if code := codeOf(err); code != "" {
		return code
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		return Code(err.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range err.Unwrap() {
			if code := Code(e); code != "" {
				return code
			}
		}
	}
	return ""
}

// codeOf returns the code of err itself, without the errors that it wraps.
func codeOf(err error) string {
	switch err := err.(type) {
	case nil:
		return ""
	case syscall.Errno:
		return codeOfErrno(err)
	case *net.DNSError:
		switch {
		case err.IsNotFound:
			return "ENOTFOUND"
		case err.IsTimeout, err.IsTemporary:
			return "EAI_AGAIN"
		default:
			return "EAI_FAIL"
		}
	case *net.AddrError:
		switch err.Err {
		case target.WrongPort, target.WrongName:
			return "ERR_SOCKET_BAD_PORT"
		case target.WrongLocal:
			return "ERR_INVALID_IP_ADDRESS"
		}
	}
	for _, c := range codes {
		if is(err, c.err) {
			return c.name
		}
	}
	return codeOfTLS(err)
}

// is is errors.Is, without the errors that err wraps.
func is(err, want error) bool {
	if err == want {
		return true
	}
	e, ok := err.(interface{ Is(error) bool })
	return ok && e.Is(want)
}

// codes holds the codes of errors that are not numbers of the system.
var codes = []struct {
	err  error
	name string
}{
	{ErrFirstByteTimeout, ErrFirstByteTimeout.(*timeoutError).code},
	{ErrFrameTimeout, ErrFrameTimeout.(*timeoutError).code},
	{ErrProxyTimeout, ErrProxyTimeout.(*timeoutError).code},
	{ErrMaxAge, ErrMaxAge.(*timeoutError).code},
	{ErrHandshakeTimeout, ErrHandshakeTimeout.(*timeoutError).code},
	{ErrTruncated, "ERR_SSL_UNEXPECTED_EOF_WHILE_READING"},
	{os.ErrDeadlineExceeded, "ETIMEDOUT"},
	{context.DeadlineExceeded, "ETIMEDOUT"},
	{context.Canceled, "ABORT_ERR"},
	{errors.ErrUnsupported, "ENOTSUP"},
	{ErrBlocked, "ERR_IP_BLOCKED"},
	{ErrNotAllowed, "ERR_IP_NOT_ALLOWED"},
	{ErrMaxConns, "ERR_MAX_CONNS"},
	{ErrAcceptRate, "ERR_ACCEPT_RATE"},
	{ErrMaxPerIP, "ERR_MAX_PER_IP"},
	{ErrAcceptRatePerIP, "ERR_ACCEPT_RATE_PER_IP"},
	{ErrMaxHandshakes, "ERR_MAX_HANDSHAKES"},
	{ErrProxyHeader, "ERR_PROXY_HEADER"},
	{ErrFrameTooLong, "ERR_FRAME_TOO_LONG"},
	{codec.ErrTooLong, "ERR_FRAME_TOO_LONG"},
	{codec.ErrMalformed, "ERR_FRAME_MALFORMED"},
	{codec.ErrParameter, "ERR_INVALID_ARG_VALUE"},
	{ErrWriteBufferFull, "ERR_WRITE_BUFFER_FULL"},
	{ErrAlreadySecure, "ERR_ALREADY_SECURE"},
	{ErrOverBudget, "ERR_OVER_BUDGET"},
	{ErrAlreadyListening, "ERR_SERVER_ALREADY_LISTEN"},
	{net.ErrClosed, "ERR_SOCKET_CLOSED"},
}

func codeOfErrno(e syscall.Errno) string {
	e = sys.Posix(e)
	switch e { // on most systems two names have one number
	case syscall.EOPNOTSUPP:
		return "EOPNOTSUPP" // what socket calls return; libuv says ENOTSUP for the number
	case syscall.EWOULDBLOCK:
		e = syscall.EAGAIN // as Node
	}
	if name, ok := errnos[e]; ok {
		return name
	}
	return sys.ErrnoName(e)
}

// errnos holds the numbers that every system has and Node names.
var errnos = map[syscall.Errno]string{
	syscall.E2BIG: "E2BIG", syscall.EACCES: "EACCES", syscall.EADDRINUSE: "EADDRINUSE",
	syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.EAFNOSUPPORT: "EAFNOSUPPORT",
	syscall.EAGAIN: "EAGAIN", syscall.EALREADY: "EALREADY", syscall.EBADF: "EBADF",
	syscall.EBADMSG: "EBADMSG", syscall.EBUSY: "EBUSY", syscall.ECANCELED: "ECANCELED",
	syscall.ECHILD: "ECHILD", syscall.ECONNABORTED: "ECONNABORTED", syscall.ECONNREFUSED: "ECONNREFUSED",
	syscall.ECONNRESET: "ECONNRESET", syscall.EDEADLK: "EDEADLK", syscall.EDESTADDRREQ: "EDESTADDRREQ",
	syscall.EDOM: "EDOM", syscall.EDQUOT: "EDQUOT", syscall.EEXIST: "EEXIST", syscall.EFAULT: "EFAULT",
	syscall.EFBIG: "EFBIG", syscall.EHOSTDOWN: "EHOSTDOWN", syscall.EHOSTUNREACH: "EHOSTUNREACH",
	syscall.EIDRM: "EIDRM", syscall.EILSEQ: "EILSEQ", syscall.EINPROGRESS: "EINPROGRESS",
	syscall.EINTR: "EINTR", syscall.EINVAL: "EINVAL", syscall.EIO: "EIO", syscall.EISCONN: "EISCONN",
	syscall.EISDIR: "EISDIR", syscall.ELOOP: "ELOOP", syscall.EMFILE: "EMFILE", syscall.EMLINK: "EMLINK",
	syscall.EMSGSIZE: "EMSGSIZE", syscall.EMULTIHOP: "EMULTIHOP", syscall.ENAMETOOLONG: "ENAMETOOLONG",
	syscall.ENETDOWN: "ENETDOWN", syscall.ENETRESET: "ENETRESET", syscall.ENETUNREACH: "ENETUNREACH",
	syscall.ENFILE: "ENFILE", syscall.ENOBUFS: "ENOBUFS", syscall.ENODEV: "ENODEV",
	syscall.ENOENT: "ENOENT", syscall.ENOEXEC: "ENOEXEC", syscall.ENOLCK: "ENOLCK",
	syscall.ENOLINK: "ENOLINK", syscall.ENOMEM: "ENOMEM", syscall.ENOMSG: "ENOMSG",
	syscall.ENOPROTOOPT: "ENOPROTOOPT", syscall.ENOSPC: "ENOSPC", syscall.ENOSYS: "ENOSYS",
	syscall.ENOTCONN: "ENOTCONN", syscall.ENOTDIR: "ENOTDIR", syscall.ENOTEMPTY: "ENOTEMPTY",
	syscall.ENOTSOCK: "ENOTSOCK", syscall.ENOTTY: "ENOTTY",
	syscall.ENXIO: "ENXIO", syscall.EOVERFLOW: "EOVERFLOW", syscall.EPERM: "EPERM",
	syscall.EPIPE: "EPIPE", syscall.EPROTO: "EPROTO", syscall.EPROTONOSUPPORT: "EPROTONOSUPPORT",
	syscall.EPROTOTYPE: "EPROTOTYPE", syscall.ERANGE: "ERANGE", syscall.EROFS: "EROFS",
	syscall.ESHUTDOWN: "ESHUTDOWN", syscall.ESOCKTNOSUPPORT: "ESOCKTNOSUPPORT", syscall.ESPIPE: "ESPIPE",
	syscall.ESRCH: "ESRCH", syscall.ESTALE: "ESTALE", syscall.ETIMEDOUT: "ETIMEDOUT",
	syscall.ETXTBSY: "ETXTBSY", syscall.EXDEV: "EXDEV",
}

// codeOfTLS returns Node's code of an error of crypto/tls or crypto/x509, or "". Node
// passes on the words of OpenSSL, which tells alerts that were received from faults that
// were found here.
func codeOfTLS(err error) string {
	switch err := err.(type) {
	case *tls.CertificateVerificationError:
		return codeOfVerification(err)
	case tls.RecordHeaderError:
		return codeOfHeader(err)
	case *net.OpError:
		n, ok := alertOf(err.Err)
		switch {
		case !ok:
			return ""
		case err.Op != "remote error":
			return localAlerts[n]
		case remoteAlerts[n] != "":
			return "ERR_SSL_" + remoteAlerts[n]
		}
		return ""
	}
	text := err.Error()
	if strings.HasPrefix(text, "tls: ") {
		for _, c := range tlsTexts {
			if strings.Contains(text, c.text) {
				return c.code
			}
		}
	}
	return ""
}

// alertOf returns the number of an alert. The type of crypto/tls is not exported.
func alertOf(err error) (uint8, bool) {
	if e, ok := err.(tls.AlertError); ok {
		return uint8(e), true
	}
	v := reflect.ValueOf(err)
	if !v.IsValid() || v.Kind() != reflect.Uint8 || v.Type().PkgPath() != "crypto/tls" {
		return 0, false
	}
	return uint8(v.Uint()), true
}

// codeOfVerification returns the code of a certificate that was not accepted.
func codeOfVerification(err *tls.CertificateVerificationError) string {
	var (
		invalid x509.CertificateInvalidError
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err.Err, &invalid):
		switch {
		case invalid.Reason != x509.Expired:
			return "INVALID_PURPOSE"
		case invalid.Cert != nil && time.Now().Before(invalid.Cert.NotBefore):
			return "CERT_NOT_YET_VALID"
		}
		return "CERT_HAS_EXPIRED"
	case errors.As(err.Err, &host):
		return "ERR_TLS_CERT_ALTNAME_INVALID"
	case !errors.As(err.Err, &unknown) || len(err.UnverifiedCertificates) == 0:
		return ""
	}
	chain := err.UnverifiedCertificates
	last := chain[len(chain)-1]
	signedItself := string(last.RawIssuer) == string(last.RawSubject)
	switch {
	case signedItself && len(chain) == 1:
		return "DEPTH_ZERO_SELF_SIGNED_CERT"
	case signedItself:
		return "SELF_SIGNED_CERT_IN_CHAIN"
	case len(chain) == 1:
		return "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
	}
	return "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
}

// codeOfHeader returns the code of bytes that are no TLS.
func codeOfHeader(err tls.RecordHeaderError) string {
	header := string(err.RecordHeader[:])
	for _, method := range []string{"GET ", "POST ", "HEAD ", "PUT "} {
		if strings.HasPrefix(header, method) {
			return "ERR_SSL_HTTP_REQUEST"
		}
	}
	switch {
	case strings.HasPrefix(header, "CONNE"):
		return "ERR_SSL_HTTPS_PROXY_REQUEST"
	case strings.Contains(err.Msg, "oversized"):
		return "ERR_SSL_PACKET_LENGTH_TOO_LONG"
	}
	return "ERR_SSL_WRONG_VERSION_NUMBER"
}

// localAlerts holds the codes of faults that crypto/tls reports by the alert alone.
var localAlerts = map[uint8]string{
	10:  "ERR_SSL_UNEXPECTED_MESSAGE",
	20:  "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
	22:  "ERR_SSL_DATA_LENGTH_TOO_LONG",
	50:  "ERR_SSL_DECODE_ERROR",
	100: "ERR_SSL_NO_RENEGOTIATION",
}

// remoteAlerts holds OpenSSL's words for alerts of the peer.
var remoteAlerts = map[uint8]string{
	10: "SSLV3_ALERT_UNEXPECTED_MESSAGE", 20: "SSLV3_ALERT_BAD_RECORD_MAC",
	21: "TLSV1_ALERT_DECRYPTION_FAILED", 22: "TLSV1_ALERT_RECORD_OVERFLOW",
	30: "SSLV3_ALERT_DECOMPRESSION_FAILURE", 40: "SSLV3_ALERT_HANDSHAKE_FAILURE",
	41: "SSLV3_ALERT_NO_CERTIFICATE", 42: "SSLV3_ALERT_BAD_CERTIFICATE",
	43: "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", 44: "SSLV3_ALERT_CERTIFICATE_REVOKED",
	45: "SSLV3_ALERT_CERTIFICATE_EXPIRED", 46: "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
	47: "SSLV3_ALERT_ILLEGAL_PARAMETER", 48: "TLSV1_ALERT_UNKNOWN_CA",
	49: "TLSV1_ALERT_ACCESS_DENIED", 50: "TLSV1_ALERT_DECODE_ERROR",
	51: "TLSV1_ALERT_DECRYPT_ERROR", 60: "TLSV1_ALERT_EXPORT_RESTRICTION",
	70: "TLSV1_ALERT_PROTOCOL_VERSION", 71: "TLSV1_ALERT_INSUFFICIENT_SECURITY",
	80: "TLSV1_ALERT_INTERNAL_ERROR", 86: "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
	90: "TLSV1_ALERT_USER_CANCELLED", 100: "TLSV1_ALERT_NO_RENEGOTIATION",
	109: "TLSV13_ALERT_MISSING_EXTENSION", 110: "TLSV1_UNSUPPORTED_EXTENSION",
	112: "TLSV1_UNRECOGNIZED_NAME", 113: "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
	115: "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", 116: "TLSV13_ALERT_CERTIFICATE_REQUIRED",
	120: "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
}

// tlsTexts holds the codes of faults for which crypto/tls has words alone.
var tlsTexts = []struct{ text, code string }{
	{"offered only unsupported versions", "ERR_SSL_UNSUPPORTED_PROTOCOL"},
	{"selected unsupported protocol version", "ERR_SSL_UNSUPPORTED_PROTOCOL"},
	{"no cipher suite supported by both", "ERR_SSL_NO_SHARED_CIPHER"},
	{"no supported versions satisfy", "ERR_SSL_NO_PROTOCOLS_AVAILABLE"},
	{"client requested unsupported application protocols", "ERR_SSL_NO_APPLICATION_PROTOCOL"},
	{"client didn't provide a certificate", "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE"},
	{"too many ignored records", "ERR_SSL_TOO_MANY_WARN_ALERTS"},
	{"received unexpected", "ERR_SSL_UNEXPECTED_MESSAGE"},
	{"no key exchanges supported by both", "ERR_SSL_NO_SUITABLE_KEY_SHARE"},
	{"inappropriate protocol fallback", "ERR_SSL_INAPPROPRIATE_FALLBACK"},
}
