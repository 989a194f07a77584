// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// Bits of a writable side.
const (
	writeSync        = 1 << (9 + iota) // within _write
	finalCalled                        //
	needDrain                          //
	endCalled                          // end was called
	finished                           //
	decodeStrings                      //
	writing                            // a chunk is with _write
	bufferProcessing                   //
	prefinished                        //
	allBuffers                         // what waits are Buffers all
	allNoop                            // nobody waits for the callbacks of what waits
	onFinished                         // callbacks of end wait
	hasWritable                        // somebody set stream.writable, to what writableSet says
	writableSet                        //
	_                                  //
	writeUTF8                          // the default encoding is UTF-8
	writeCallback                      // the chunk with _write has a callback of its own
	expectCallback                     //
	afterWrite                         // callbacks of chunks written at once wait for their tick
	_                                  //
	bufferedBit                        // chunks wait
	writeEnded                         //

	holdBits = writing | errored | bufferedBit
)

var writableBits = map[string]int64{
	"SYNC": writeSync, "FINAL_CALLED": finalCalled, "NEED_DRAIN": needDrain, "ENDING": endCalled, "FINISHED": finished,
	"DECODE_STRINGS": decodeStrings, "WRITING": writing, "BUFFER_PROCESSING": bufferProcessing, "PREFINISHED": prefinished,
	"ALL_BUFFERS": allBuffers, "ALL_NOOP": allNoop, "ON_FINISHED": onFinished, "HAS_WRITABLE": hasWritable, "WRITABLE": writableSet,
	"DEFAULT_UTF8": writeUTF8, "WRITE_CALLBACK": writeCallback, "EXPECT_CALLBACK": expectCallback, "AFTER_WRITE": afterWrite,
	"BUFFERED": bufferedBit, "ENDED": writeEnded,
	"BUSY": holdBits | destroyed | endCalled | needDrain, // what is written is more than handed on; for net
}

// writable is _writableState.
type writable struct {
	side
	corked   int64
	writelen int64      // of the chunk with _write
	pending  int64      // pendingcb: callbacks still to come before the stream can finish
	callback goja.Value // of the chunk with _write
	onwrite  *goja.Object
	written  []batch
	tellNext goja.Callable // tellWritten, for a tick
	through  *through      // a Transform's
}

// A batch is chunks in a row that were written at once and have the same callback.
type batch struct {
	callback goja.Value
	count    int64
}

var writableNames = []string{"corked", "onwrite", "writelen", "pendingcb", "callback"}

// Get is a DynamicObject's.
func (w *writable) Get(key string) goja.Value {
	switch key {
	case "corked":
		return w.number(w.corked)
	case "writelen":
		return w.number(w.writelen)
	case "pendingcb":
		return w.number(w.pending)
	case "callback":
		return w.callback
	case "onwrite":
		return w.onwrite
	}
	return w.get(key)
}

// Set is a DynamicObject's.
func (w *writable) Set(key string, value goja.Value) bool {
	switch key {
	case "corked":
		w.corked = value.ToInteger()
	case "writelen":
		w.writelen = value.ToInteger()
	case "pendingcb":
		w.pending = value.ToInteger()
	case "callback":
		w.callback = value
	case "onwrite":
		w.onwrite = value.ToObject(w.s.r.vm)
	default:
		w.put(key, value)
	}
	return true
}

// Has is a DynamicObject's.
func (w *writable) Has(key string) bool { return w.Get(key) != nil }

// Keys is a DynamicObject's.
func (w *writable) Keys() []string {
	return append(append(sideNames[:len(sideNames):len(sideNames)], writableNames...), w.names...)
}

func (s *streams) bindWritable(exports *goja.Object, method func(name, label string, length int, f func(goja.FunctionCall) goja.Value) *goja.Object) {
	vm := s.r.vm
	exports.Set("useWritable", func(call goja.FunctionCall) goja.Value {
		s.nop = call.Argument(0).ToObject(vm)
		functions(call, 1, &s.unusualWrite, &s.hold, &s.clear, &s.failed, &s.drop, &s.settle)
		return goja.Undefined()
	})
	exports.Set("writable", func(call goja.FunctionCall) goja.Value {
		w := &writable{side: side{s: s, stream: call.Argument(0), rest: make(map[string]goja.Value)}, callback: s.nop}
		w.tellNext = func(goja.Value, ...goja.Value) (goja.Value, error) { return nil, s.tellWritten(w) }
		w.onwrite = vm.ToValue(func(call goja.FunctionCall) goja.Value {
			s.wrote(w, call.Argument(0))
			return goja.Undefined()
		}).(*goja.Object)
		w.object = vm.NewDynamicObject(w)
		w.object.SetPrototype(call.Argument(1).ToObject(vm))
		return w.object
	})
	exports.Set("tickInfo", func(call goja.FunctionCall) goja.Value {
		w, ok := call.Argument(0).Export().(*writable)
		if !ok || len(w.written) == 0 {
			return goja.Null()
		}
		last := w.written[len(w.written)-1]
		info := vm.NewObject()
		info.Set("count", last.count)
		info.Set("callback", last.callback)
		return info
	})
	method("write", "write", 3, s.write)
	exports.Set("accept", func(call goja.FunctionCall) goja.Value {
		w := call.Argument(1).Export().(*writable)
		return s.accept(call.Argument(0).ToObject(vm), w, call.Argument(2), call.Argument(3), call.Argument(4), call.Argument(5).ToInteger())
	})
}

// write is Writable.prototype.write of what is usual: a Buffer, text or an object, for a
// stream that takes it.
func (s *streams) write(call goja.FunctionCall) goja.Value {
	chunk, encoding, callback := call.Argument(0), call.Argument(1), call.Argument(2)
	stream, ok := call.This.(*goja.Object)
	if !ok {
		return must(s.unusualWrite(call.This, call.Arguments...))
	}
	w := writableOf(stream)
	if w == nil || w.any(endCalled|destroyed) {
		return must(s.unusualWrite(call.This, call.Arguments...))
	}
	if isFunction(encoding) {
		encoding, callback = goja.Null(), encoding
	} else if !isFunction(callback) {
		callback = s.nop
	}
	if w.any(objectMode) {
		if chunk == goja.Null() {
			return must(s.unusualWrite(call.This, call.Arguments...))
		}
		return s.accept(stream, w, chunk, encoding, callback, 1)
	}
	length, ok := s.chunkLength(chunk)
	if !ok || encoding != goja.Undefined() && encoding != goja.Null() {
		return must(s.unusualWrite(call.This, call.Arguments...))
	}
	return s.accept(stream, w, chunk, s.bytes, callback, length)
}

// isFunction reports typeof v === 'function'.
func isFunction(v goja.Value) bool {
	if _, ok := v.(*goja.Object); !ok {
		return false
	}
	_, ok := goja.AssertFunction(v)
	return ok
}

// accept takes a chunk: it goes to the implementor, or waits.
func (s *streams) accept(stream *goja.Object, w *writable, chunk, encoding, callback goja.Value, length int64) goja.Value {
	w.pending++
	w.length += length
	if w.flags&(holdBits|ready) == ready && w.corked == 0 {
		w.writelen, w.callback = length, callback
		w.flags |= writing | writeSync | expectCallback
		if callback != s.nop {
			w.flags |= writeCallback
		}
		if f := stream.Get("_write"); f == s.transformWrite {
			s.transform(stream, w, chunk, encoding, nil)
		} else {
			s.call(f, stream, chunk, encoding, w.onwrite)
		}
		w.flags &^= writeSync
	} else {
		must(s.hold(goja.Undefined(), w.object, chunk, encoding, callback))
	}
	if w.length == 0 || float64(w.length) < w.mark {
		return s.r.vm.ToValue(!w.any(errored | destroyed))
	}
	w.flags |= needDrain
	return s.r.vm.ToValue(false)
}

// wrote is the callback of _write.
func (s *streams) wrote(w *writable, failure goja.Value) {
	flags, callback := w.flags, w.callback
	if flags&expectCallback == 0 {
		must(s.failed(goja.Undefined(), w.stream, w.object))
		return
	}
	w.callback = s.nop
	w.flags &^= writing | expectCallback | writeCallback
	w.length -= w.writelen
	w.writelen = 0
	sync := flags&writeSync != 0
	if failure.ToBoolean() {
		must(s.failed(goja.Undefined(), w.stream, w.object, s.r.vm.ToValue(sync), failure, callback))
		return
	}
	if flags&bufferedBit != 0 {
		must(s.clear(goja.Undefined(), w.stream, w.object))
	}
	switch {
	case !sync:
		s.afterWrite(w, 1, callback)
	case callback == s.nop && !w.any(destroyed|objectMode) && !(w.any(needDrain) && w.length == 0):
		w.pending--
	default:
		s.afterWriteSoon(w, callback)
	}
}

// afterWriteSoon is afterWrite in the next tick, once for all chunks in a row that have
// the same callback.
func (s *streams) afterWriteSoon(w *writable, callback goja.Value) {
	last := len(w.written) - 1
	if last >= 0 && callback == s.nop {
		w.pending--
		return
	}
	if last >= 0 && w.written[last].callback == callback {
		w.written[last].count++
		return
	}
	w.written = append(w.written, batch{callback, 1})
	w.flags |= afterWrite
	s.r.turns.soon(w.tellNext)
}

func (s *streams) tellWritten(w *writable) error {
	first := w.written[0]
	w.written[0] = batch{}
	w.written = w.written[1:]
	if len(w.written) == 0 {
		w.written = nil
		w.flags &^= afterWrite
	}
	s.afterWrite(w, first.count, first.callback)
	return nil
}

func (s *streams) afterWrite(w *writable, count int64, callback goja.Value) {
	if w.flags&(needDrain|endCalled|destroyed) == needDrain && w.length == 0 {
		w.flags &^= needDrain
		s.tell(w.owner(), "drain")
	}
	for ; count > 0; count-- {
		w.pending--
		if callback != s.nop {
			s.call(callback, goja.Undefined(), goja.Null())
		}
	}
	if w.any(destroyed) {
		must(s.drop(goja.Undefined(), w.object))
	}
	if w.any(endCalled) {
		must(s.settle(goja.Undefined(), w.stream, w.object, s.r.vm.ToValue(true)))
	}
}
