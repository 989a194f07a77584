// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"

	"github.com/dop251/goja"
)

// bindZlib is binding('zlib'):
//
//	unpack(bytes, form) → ArrayBuffer, or the code of the error: form is 'gzip',
//	  'zlib' or 'raw'
func bindZlib(r *Runtime, exports *goja.Object) {
	exports.Set("unpack", func(call goja.FunctionCall) goja.Value {
		packed, _ := call.Argument(0).Export().(goja.ArrayBuffer)
		plain, err := unpack(packed.Bytes(), call.Argument(1).String())
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
			return r.vm.ToValue("Z_BUF_ERROR")
		case err != nil:
			return r.vm.ToValue("Z_DATA_ERROR")
		}
		return r.vm.ToValue(r.vm.NewArrayBuffer(plain))
	})
}

func unpack(packed []byte, form string) ([]byte, error) {
	source := io.Reader(bytes.NewReader(packed))
	var err error
	switch form {
	case "gzip":
		if !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
			return nil, gzip.ErrHeader // however short it is
		}
		source, err = gzip.NewReader(source)
	case "zlib":
		source, err = zlib.NewReader(source)
	default:
		source = flate.NewReader(source)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(source)
}
