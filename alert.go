// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"reflect"
	"strings"
	"time"
)

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
