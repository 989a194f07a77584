// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"syscall"

	"github.com/duplex-go/duplex"
)

// sslThread stands for the thread with which OpenSSL begins a message.
const sslThread = "0000000000000000"

// sslFaults are OpenSSL's numbers for faults that were found here, and the places of Node's
// source that name them.
var sslFaults = map[string]struct {
	number      int
	name, place string
}{
	"UNSUPPORTED_PROTOCOL":                {0x102, "tls_early_post_process_client_hello", "statem/statem_srvr.c:1664"},
	"NO_SHARED_CIPHER":                    {0xc1, "tls_post_process_client_hello", "statem/statem_srvr.c:2226"},
	"NO_APPLICATION_PROTOCOL":             {0xeb, "tls_handle_alpn", "statem/statem_srvr.c:2172"},
	"PEER_DID_NOT_RETURN_A_CERTIFICATE":   {0xc7, "tls_process_client_certificate", "statem/statem_srvr.c:3517"},
	"NO_SUITABLE_SIGNATURE_ALGORITHM":     {0x76, "tls_choose_sigalg", "t1_lib.c:3242"},
	"HTTP_REQUEST":                        {0x9c, "ssl3_get_record", "record/ssl3_record.c:341"},
	"HTTPS_PROXY_REQUEST":                 {0x9b, "ssl3_get_record", "record/ssl3_record.c:344"},
	"WRONG_VERSION_NUMBER":                {0x10b, "ssl3_get_record", "record/ssl3_record.c:350"},
	"PACKET_LENGTH_TOO_LONG":              {0xc6, "ssl3_get_record", "record/ssl3_record.c:371"},
	"DECRYPTION_FAILED_OR_BAD_RECORD_MAC": {0x119, "ssl3_get_record", "record/ssl3_record.c:630"},
	"UNEXPECTED_MESSAGE":                  {0xf4, "ossl_statem_server_read_transition", "statem/statem_srvr.c:326"},
	"NO_PROTOCOLS_AVAILABLE":              {0xbf, "tls_construct_client_hello", "statem/statem_clnt.c:1120"},
	"NO_SUITABLE_KEY_SHARE":               {0x65, "final_key_share", "statem/extensions.c:1380"},
	"INTERNAL_ERROR":                      {0xc0103, "", ""},
}

// describe returns the code, the message and the reason of an error of TLS, as OpenSSL has
// them; the code is "" if the error is none, but one of the network.
func describe(err error) (code, message, reason string) {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return "", "", ""
	}
	word, ours := strings.CutPrefix(duplex.Code(err), "ERR_SSL_")
	switch {
	case strings.Contains(err.Error(), "does not implement crypto.Signer"): // no certificate
		word = "NO_SUITABLE_SIGNATURE_ALGORITHM"
	case !ours || word == "":
		word = "INTERNAL_ERROR"
	}
	reason = strings.ToLower(strings.ReplaceAll(word, "_", " "))
	fault, known := sslFaults[word]
	place := fault.place
	if alert, remote := alertNumber(err); remote {
		fault.number, fault.name, place = 1000+int(alert), "ssl3_read_bytes", "record/rec_layer_s3.c:1601"
		defer func() { message = strings.TrimSuffix(message, "\n") + fmt.Sprintf("SSL alert number %d\n", alert) }()
	} else if !known {
		return "ERR_SSL_" + word, fmt.Sprintf("%s:error:0A000000:SSL routines::%s:%v:\n", sslThread, reason, err), reason
	}
	if word == "INTERNAL_ERROR" {
		place = err.Error()
	} else if place != "" {
		place = "../deps/openssl/openssl/ssl/" + place
	}
	return "ERR_SSL_" + word,
		fmt.Sprintf("%s:error:%08X:SSL routines:%s:%s:%s:\n", sslThread, 20<<23|fault.number, fault.name, reason, place), reason
}

// alertNumber returns the number of the alert that the peer has sent, if that is the error.
// The type of crypto/tls is not exported.
func alertNumber(err error) (uint8, bool) {
	for op := new(net.OpError); errors.As(err, &op); err = op.Err {
		if v := reflect.ValueOf(op.Err); op.Op == "remote error" && v.IsValid() && v.Kind() == reflect.Uint8 {
			return uint8(v.Uint()), true
		}
	}
	return 0, false
}
