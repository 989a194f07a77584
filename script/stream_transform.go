// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// through is the way of a chunk through a Transform.
type through struct {
	s      *streams
	stream *goja.Object
	w      *writable
	d      *readable
	done   goja.Value // the callback of _write; nil for that of the state
	before int64      // what was there to read when the chunk came
	f      goja.Value // the callback of _transform, once somebody wants it
}

func (s *streams) bindTransform(exports *goja.Object, method func(name, label string, length int, f func(goja.FunctionCall) goja.Value) *goja.Object) {
	vm := s.r.vm
	exports.Set("useTransform", func(call goja.FunctionCall) goja.Value {
		s.held = call.Argument(0).(*goja.Symbol)
		return goja.Undefined()
	})
	s.transformWrite = method("transformWrite", "", 3, func(call goja.FunctionCall) goja.Value {
		stream := call.This.ToObject(vm)
		s.transform(stream, writableOf(stream), call.Argument(0), call.Argument(1), call.Argument(2))
		return goja.Undefined()
	})
	s.transformRead = method("transformRead", "", 0, func(call goja.FunctionCall) goja.Value {
		s.release(call.This.ToObject(vm))
		return goja.Undefined()
	})
	s.passThrough = method("passThrough", "", 3, func(call goja.FunctionCall) goja.Value {
		return s.call(call.Argument(2), goja.Undefined(), goja.Null(), call.Argument(0))
	})
}

// transform is Transform.prototype._write. Chunks of a stream come one after the other,
// so they share a way unless somebody else wants to know how it ended.
func (s *streams) transform(stream *goja.Object, w *writable, chunk, encoding, done goja.Value) {
	t := w.through
	switch {
	case done != nil && done != w.onwrite:
		t = &through{s: s, stream: stream, w: w, d: readableOf(stream), done: done}
	case t == nil:
		t = &through{s: s, stream: stream, w: w, d: readableOf(stream)}
		w.through = t
	}
	t.before = t.d.length
	f := stream.Get("_transform")
	if f == s.passThrough {
		t.end(goja.Null(), chunk)
		return
	}
	if t.f == nil {
		t.f = s.r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			t.end(call.Argument(0), call.Argument(1))
			return goja.Undefined()
		})
	}
	s.call(f, stream, chunk, encoding, t.f)
}

// end is the callback of _transform.
func (t *through) end(failure, result goja.Value) {
	s := t.s
	if failure.ToBoolean() {
		t.finish(failure)
		return
	}
	if result != goja.Undefined() && result != goja.Null() {
		if f := t.stream.Get("push"); f == s.push {
			s.pushChunk(t.stream, t.d, result, goja.Undefined())
		} else {
			s.call(f, t.stream, result)
		}
	}
	switch {
	case t.d.any(readEnded): // push(null) was called before the last chunk was through
		done := t.callback()
		s.r.turns.soon(func(goja.Value, ...goja.Value) (goja.Value, error) { return s.call(done, goja.Undefined()), nil })
	case t.w.any(writeEnded) || t.before == t.d.length || float64(t.d.length) < t.d.mark:
		t.finish(goja.Undefined())
	default:
		t.stream.SetSymbol(s.held, t.callback())
	}
}

func (t *through) callback() goja.Value {
	if t.done != nil {
		return t.done
	}
	return t.w.onwrite
}

// finish calls the callback of the chunk, which has passed the transform.
func (t *through) finish(failure goja.Value) {
	switch {
	case t.done == nil:
		t.s.wrote(t.w, failure)
	case failure == goja.Undefined():
		t.s.call(t.done, goja.Undefined())
	default:
		t.s.call(t.done, goja.Undefined(), failure)
	}
}

// release is Transform.prototype._read: what was read makes room, so the chunk that
// waited for it is through.
func (s *streams) release(stream *goja.Object) {
	done := stream.GetSymbol(s.held)
	if done == nil || !done.ToBoolean() {
		return
	}
	stream.SetSymbol(s.held, goja.Null())
	s.call(done, goja.Undefined())
}
