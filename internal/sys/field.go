// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"reflect"
	"unsafe"
)

// Field returns the value of a struct's field, also if it is not exported; nil if
// the struct has no such field, or cannot be addressed. It shows what a library
// keeps to itself, so whoever calls it has a test that notices when that changes.
func Field(structure reflect.Value, name string) any {
	f := structure.FieldByName(name)
	if !f.IsValid() || !f.CanAddr() {
		return nil
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Interface()
}
