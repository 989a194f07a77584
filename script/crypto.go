// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	codec "encoding"
	"hash"
	"strings"

	"github.com/dop251/goja"
)

var hashes = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

// bindCrypto is binding('crypto'):
//
//	random(view): fills it
//	equal(a, b): takes the same time whatever they hold
//	hash(name, key) → undefined, or an object with update(view), digest() → Buffer and
//	copy(): an HMAC if there is a key
func bindCrypto(r *Runtime, exports *goja.Object) {
	bytes := func(v goja.Value) []byte {
		p, _ := r.bytesOf(v)
		return p
	}
	exports.Set("random", func(call goja.FunctionCall) goja.Value {
		rand.Read(bytes(call.Argument(0)))
		return goja.Undefined()
	})
	exports.Set("equal", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(subtle.ConstantTimeCompare(bytes(call.Argument(0)), bytes(call.Argument(1))) == 1)
	})
	exports.Set("hash", func(call goja.FunctionCall) goja.Value {
		make, ok := hashes[strings.ReplaceAll(strings.ToLower(call.Argument(0).String()), "-", "")]
		if !ok {
			return goja.Undefined()
		}
		if key := call.Argument(1); !goja.IsUndefined(key) {
			return r.hash(hmac.New(make, bytes(key)), nil)
		}
		return r.hash(make(), make)
	})
}

// hash is the script's side of h; make makes another for a copy.
func (r *Runtime) hash(h hash.Hash, make func() hash.Hash) goja.Value {
	o := r.vm.NewObject()
	o.Set("update", func(call goja.FunctionCall) goja.Value {
		p, _ := r.bytesOf(call.Argument(0))
		h.Write(p)
		return goja.Undefined()
	})
	o.Set("digest", func(goja.FunctionCall) goja.Value { return r.newBuffer(h.Sum(nil)) })
	o.Set("copy", func(goja.FunctionCall) goja.Value {
		state, err := h.(codec.BinaryMarshaler).MarshalBinary()
		twin := make()
		if err == nil {
			err = twin.(codec.BinaryUnmarshaler).UnmarshalBinary(state)
		}
		if err != nil {
			panic(r.vm.NewGoError(err))
		}
		return r.hash(twin, make)
	})
	return o
}
