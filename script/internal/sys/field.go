// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"reflect"
	"unsafe"
)

// Field returns the value of a struct's field, even if the field is not exported; nil if
// the struct has no such field, or cannot be addressed. It reads private state of another
// library, so every caller has a test that fails when that state changes.
func Field(structure reflect.Value, name string) any {
	f := structure.FieldByName(name)
	if !f.IsValid() || !f.CanAddr() {
		return nil
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Interface()
}
