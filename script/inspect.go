// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
	"github.com/duplex-go/duplex/script/internal/sys"
)

// What JavaScript cannot tell apart, goja does by the Go type behind an object,
// which it keeps to itself; reflection sees it. Should goja rename such a type,
// TestLooksAsNodes fails, and objects of it look like plain ones.
var (
	proxyType = reflect.TypeFor[goja.Proxy]()

	objectSelf = func() reflect.StructField {
		f, ok := reflect.TypeFor[goja.Object]().FieldByName("self")
		if !ok {
			panic("script: goja.Object has no self")
		}
		return f
	}()

	kindNames = map[string]string{
		"argumentsObject":           "Arguments",
		"arrayBufferObject":         "ArrayBuffer",
		"asyncArrowFuncObject":      "AsyncFunction",
		"asyncFuncObject":           "AsyncFunction",
		"asyncMethodFuncObject":     "AsyncFunction",
		"dataViewObject":            "DataView",
		"dateObject":                "Date",
		"errorObject":               "Error",
		"generatorFuncObject":       "GeneratorFunction",
		"generatorMethodFuncObject": "GeneratorFunction",
		"generatorObject":           "Generator",
		"mapIterObject":             "Map Iterator",
		"mapObject":                 "Map",
		"Promise":                   "Promise",
		"proxyObject":               "Proxy",
		"regexpObject":              "RegExp",
		"setIterObject":             "Set Iterator",
		"setObject":                 "Set",
		"stringObject":              "String",
		"typedArrayObject":          "TypedArray",
		"weakMapObject":             "WeakMap",
		"weakSetObject":             "WeakSet",
	}
)

// kinds are kindNames by the type, filled as types are met; owned by the loop of
// each Runtime.
type kinds map[reflect.Type]string

// self returns the Go value behind o.
func self(o *goja.Object) reflect.Value {
	return reflect.ValueOf(o).Elem().FieldByIndex(objectSelf.Index).Elem()
}

// of names what o is whatever its prototype says: "Map", "Promise", "Proxy", …,
// "Function" for all functions that are nothing else, "" for plain objects.
func (k kinds) of(o *goja.Object) string {
	t := self(o).Type()
	name, ok := k[t]
	if !ok {
		name = strings.TrimPrefix(t.String(), "*goja.")
		switch {
		case name == "primitiveValueObject":
			name = "primitive"
		case kindNames[name] != "":
			name = kindNames[name]
		case strings.HasSuffix(strings.ToLower(name), "funcobject"):
			name = "Function"
		default:
			name = ""
		}
		k[t] = name
	}
	switch name {
	case "primitive":
		return boxed(o)
	case "Function": // of an async generator, which is rewritten (see asyncgen.go)
		if p := o.Prototype(); p != nil && p.ClassName() == "Object" {
			if tag := p.GetSymbol(goja.SymToStringTag); tag != nil && tag.String() == "AsyncGeneratorFunction" {
				return tag.String()
			}
		}
	case "":
		if o.ClassName() == "Arguments" { // of a strict function
			return "Arguments"
		}
	}
	return name
}

// boxed tells the boxed primitives apart that goja does not name.
func boxed(o *goja.Object) string {
	if class := o.ClassName(); class != "Object" {
		return class
	}
	if _, ok := o.Export().(string); ok {
		return "Symbol"
	}
	return "BigInt"
}

// ahead returns what an iterator of a Map or Set has not given yet, without taking
// it: keys and values in turn if both, which it reports.
func ahead(o *goja.Object) (list []any, both bool) {
	v := self(o).Elem()
	kind, iter := v.FieldByName("kind"), v.FieldByName("iter")
	if !kind.IsValid() || !iter.IsValid() || iter.IsNil() {
		return nil, false
	}
	const keys, values = 0, 1
	both = kind.Int() != keys && kind.Int() != values
	entries := iter.Elem().FieldByName("m")
	if entries.IsNil() { // it has given all
		return nil, both
	}
	// goja rests on the entry that it gave last, which may be deleted by now.
	at := iter.Elem().FieldByName("cur")
	for !at.IsNil() && at.Elem().FieldByName("key").IsNil() {
		at = at.Elem().FieldByName("iterPrev")
	}
	if at.IsNil() {
		at = entries.Elem().FieldByName("iterFirst")
	} else {
		at = at.Elem().FieldByName("iterNext")
	}
	for ; !at.IsNil(); at = at.Elem().FieldByName("iterNext") {
		key, value := sys.Field(at.Elem(), "key"), sys.Field(at.Elem(), "value")
		if both || kind.Int() == keys {
			list = append(list, key)
		}
		if both || kind.Int() == values {
			if value == nil { // a Set's
				value = key
			}
			list = append(list, value)
		}
	}
	return list, both
}

// extras returns the names of the properties of an array or typed array that are
// not its entries, of which there can be millions, and whether it could tell.
func extras(o *goja.Object) (names []any, ok bool) {
	v := self(o)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil, false
	}
	list, ok := sys.Field(v.Elem(), "propNames").([]unistring.String)
	for _, name := range list {
		if name != "length" {
			names = append(names, name.String())
		}
	}
	return names, ok
}

// sloppy reports whether o is a function written with the word, outside of strict
// code.
func sloppy(o *goja.Object) bool {
	v := self(o)
	if !strings.HasSuffix(v.Type().String(), ".funcObject") {
		return false
	}
	strict := v.Elem().FieldByName("strict")
	return strict.IsValid() && !strict.Bool()
}

// bindInspect is binding('inspect'):
//
//	kind(object) → see kinds.of
//	proxy(object) → [target, handler], [] once revoked; undefined if it is not one
//	promise(promise) → [0 pending, 1 fulfilled or 2 rejected, result]
//	sloppy(function) → see sloppy
//	extras(list) → names of properties that are not entries; [''] if unknown
//	ahead(iterator) → [entries, whether they are keys and values in turn]
func bindInspect(r *Runtime, exports *goja.Object) {
	vm := r.vm
	seen := make(kinds)
	exports.Set("kind", func(call goja.FunctionCall) goja.Value {
		if o, ok := call.Argument(0).(*goja.Object); ok {
			return vm.ToValue(seen.of(o))
		}
		return vm.ToValue("")
	})
	exports.Set("proxy", func(call goja.FunctionCall) goja.Value {
		o, ok := call.Argument(0).(*goja.Object)
		if !ok || o.ExportType() != proxyType {
			return goja.Undefined()
		}
		p := o.Export().(goja.Proxy)
		if p.Target() == nil {
			return vm.NewArray()
		}
		handler := p.Handler()
		if _, callable := goja.AssertFunction(p.Target()); callable {
			if guard, ok := handler.Export().(goja.Proxy); ok {
				handler = guard.Target() // see guarded
			}
		}
		return vm.NewArray(p.Target(), handler)
	})
	exports.Set("promise", func(call goja.FunctionCall) goja.Value {
		p := call.Argument(0).Export().(*goja.Promise)
		result := p.Result()
		if result == nil {
			result = goja.Undefined()
		}
		return vm.NewArray(int(p.State()), result)
	})
	exports.Set("sloppy", func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(sloppy(call.Argument(0).(*goja.Object)))
	})
	exports.Set("extras", func(call goja.FunctionCall) goja.Value {
		names, ok := extras(call.Argument(0).(*goja.Object))
		if !ok {
			return vm.NewArray("")
		}
		return vm.NewArray(names...)
	})
	exports.Set("ahead", func(call goja.FunctionCall) goja.Value {
		list, both := ahead(call.Argument(0).(*goja.Object))
		return vm.NewArray(vm.NewArray(list...), both)
	})
}
