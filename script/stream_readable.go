// Copyright 2026 The duplex authors. MIT license.

package script

import "github.com/dop251/goja"

// Bits of a readable side.
const (
	readEnded         = 1 << (9 + iota) // all there will be has been pushed
	endEmitted                          //
	reading                             // _read was called and has not pushed yet
	readSync                            // within _read
	needReadable                        //
	emittedReadable                     // or it will be in the next tick
	readableListening                   //
	resumeScheduled                     //
	multiAwaitDrain                     // awaitDrainWriters is a Set
	readingMore                         // readMore waits for its tick
	dataEmitted                         //
	readUTF8                            // the default encoding is UTF-8
	decoderSet                          //
	encodingSet                         //
	hasFlowing                          // flowing says something: it is not null
	flowing                             //
	hasPaused                           //
	paused                              //
	dataListening                       //
)

var readableBits = map[string]int64{
	"ENDED": readEnded, "END_EMITTED": endEmitted, "READING": reading, "SYNC": readSync, "NEED_READABLE": needReadable,
	"EMITTED_READABLE": emittedReadable, "READABLE_LISTENING": readableListening, "RESUME_SCHEDULED": resumeScheduled,
	"MULTI_AWAIT_DRAIN": multiAwaitDrain, "READING_MORE": readingMore, "DATA_EMITTED": dataEmitted, "DEFAULT_UTF8": readUTF8,
	"DECODER": decoderSet, "ENCODING": encodingSet, "HAS_FLOWING": hasFlowing, "FLOWING": flowing, "HAS_PAUSED": hasPaused,
	"PAUSED": paused, "DATA_LISTENING": dataListening,
}

// readable is _readableState.
type readable struct {
	side
	awaits goja.Value // awaitDrainWriters: who we wait for, one of pipes, or a Set of some
	fed    bool       // the source goes on by itself until push returns false: set by net
	more   goja.Callable
}

var readableNames = []string{"awaitDrainWriters", "fed"}

// Get is a DynamicObject's.
func (d *readable) Get(key string) goja.Value {
	switch key {
	case "awaitDrainWriters":
		return d.awaits
	case "fed":
		return d.s.r.vm.ToValue(d.fed)
	}
	return d.get(key)
}

// Set is a DynamicObject's.
func (d *readable) Set(key string, value goja.Value) bool {
	switch key {
	case "awaitDrainWriters":
		d.awaits = value
	case "fed":
		d.fed = value.ToBoolean()
	default:
		d.put(key, value)
	}
	return true
}

// Has is a DynamicObject's.
func (d *readable) Has(key string) bool { return d.Get(key) != nil }

// Keys is a DynamicObject's.
func (d *readable) Keys() []string {
	return append(append(sideNames[:len(sideNames):len(sideNames)], readableNames...), d.names...)
}

func (s *streams) bindReadable(exports *goja.Object, method func(name, label string, length int, f func(goja.FunctionCall) goja.Value) *goja.Object) {
	vm := s.r.vm
	exports.Set("useReadable", func(call goja.FunctionCall) goja.Value {
		s.emit = call.Argument(0).ToObject(vm)
		functions(call, 1, &s.enqueue, &s.unusualRead, &s.errored)
		return goja.Undefined()
	})
	exports.Set("readable", func(call goja.FunctionCall) goja.Value {
		d := &readable{side: side{s: s, stream: call.Argument(0), rest: make(map[string]goja.Value)}, awaits: goja.Null()}
		d.more = func(goja.Value, ...goja.Value) (goja.Value, error) {
			s.readMore(d)
			return nil, nil
		}
		d.object = vm.NewDynamicObject(d)
		d.object.SetPrototype(call.Argument(1).ToObject(vm))
		return d.object
	})
	exports.Set("readMoreSoon", func(call goja.FunctionCall) goja.Value {
		s.readMoreSoon(call.Argument(1).Export().(*readable))
		return goja.Undefined()
	})
	s.push = method("push", "", 2, func(call goja.FunctionCall) goja.Value {
		stream := call.This.ToObject(vm)
		return s.pushChunk(stream, readableOf(stream), call.Argument(0), call.Argument(1))
	})
	s.read = method("read", "", 1, func(call goja.FunctionCall) goja.Value {
		n := call.Argument(0)
		if stream, ok := call.This.(*goja.Object); ok && n.StrictEquals(s.zero) {
			if d := readableOf(stream); d != nil && !d.any(readEnded) && d.length == 0 {
				s.ask(stream, d)
				return goja.Null()
			}
		}
		return must(s.unusualRead(call.This, call.Arguments...))
	})
}

// Of a stream that hands a chunk on at once.
const (
	straight     = flowing | dataListening
	straightMask = straight | readSync | multiAwaitDrain | decoderSet | readEnded | destroyed | errored
)

// pushChunk is Readable.prototype.push: a chunk goes straight to 'data' if the stream
// flows, and JavaScript decides of all others.
func (s *streams) pushChunk(stream *goja.Object, d *readable, chunk, encoding goja.Value) goja.Value {
	direct := d != nil && d.flags&straightMask == straight && d.length == 0
	switch {
	case !direct:
	case d.any(objectMode):
		direct = chunk != goja.Null()
	default:
		n, ok := s.chunkLength(chunk)
		direct = ok && n > 0
	}
	if !direct {
		return must(s.enqueue(goja.Undefined(), stream, stream.Get("_readableState"), chunk, encoding))
	}
	d.flags = d.flags&^reading | dataEmitted
	d.awaits = goja.Null()
	s.tell(stream, "data", chunk)
	if !d.fed {
		s.readMoreSoon(d)
	} else if !d.any(readEnded | destroyed | errored) {
		d.flags |= reading
	}
	return s.r.vm.ToValue(!d.any(readEnded) && (d.length == 0 || float64(d.length) < d.mark))
}

// readMoreSoon lets the buffer be filled up to its mark from the next tick on.
func (s *streams) readMoreSoon(d *readable) {
	if d.flags&(readingMore|ready) != ready {
		return
	}
	d.flags |= readingMore
	s.r.turns.soon(d.more)
}

func (s *streams) readMore(d *readable) {
	stream := d.owner()
	for !d.any(reading|readEnded) && (float64(d.length) < d.mark || d.any(flowing) && d.length == 0) {
		before := d.length
		if f := stream.Get("read"); f != s.read {
			s.call(f, stream, s.zero)
		} else if d.length == 0 {
			s.ask(stream, d)
		} else {
			must(s.unusualRead(stream, s.zero))
		}
		if before == d.length {
			break
		}
	}
	d.flags &^= readingMore
}

// ask is read(0) of a stream that has nothing.
func (s *streams) ask(stream *goja.Object, d *readable) {
	if d.flags&(reading|destroyed|errored|ready) == ready {
		d.flags |= reading | readSync | needReadable
		if f := stream.Get("_read"); f == s.transformRead {
			s.release(stream)
		} else {
			s.readFrom(f, stream, d)
		}
		d.flags &^= readSync
		if float64(d.length) > d.mark {
			return
		}
	}
	d.flags |= needReadable
}

// readFrom calls _read. A stream that throws there is destroyed.
func (s *streams) readFrom(f goja.Value, stream *goja.Object, d *readable) {
	callable, ok := goja.AssertFunction(f)
	var err error
	if ok {
		_, err = callable(stream, s.r.vm.ToValue(d.mark))
	} else {
		err = s.r.vm.Try(func() { panic(s.r.vm.NewTypeError("this._read is not a function")) })
	}
	if err == nil {
		return
	}
	if _, interrupted := err.(*goja.InterruptedError); interrupted {
		panic(err)
	}
	must(s.errored(goja.Undefined(), stream, s.r.thrown(err)))
}
