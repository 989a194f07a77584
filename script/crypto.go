// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"maps"
	"math/big"
	"sync"

	"github.com/dop251/goja"
)

// cryptoWorkers is how many operations run at once beside the loop: as many threads
// as Node's pool has.
const cryptoWorkers = 4

// cryptography is what a script has of require('crypto'): each call is an operation
// of cryptoOperations. It runs at once or, for callbacks and promises, on a worker.
type cryptography struct {
	r *Runtime

	// Owned by the loop.
	fail goja.Callable // of internal/crypto/util.js, see failure

	// Shared with the workers.
	mu      sync.Mutex
	waiting []func()
	workers int // that run
}

// A cryptoCall is the arguments of an operation. They are read on the loop.
type cryptoCall struct {
	*cryptography
	args []goja.Value
	keep bool // the work runs later, so bytes are copied
}

// A cryptoWork is an operation whose arguments were read. It may run on any goroutine.
// Its result may be what value knows.
type cryptoWork func() (any, error)

// cryptoFields is a result that becomes an object, with its keys in order.
type cryptoFields []cryptoField

type cryptoField struct {
	name  string
	value any
}

// cryptoOperations has every operation by its name.
var cryptoOperations = make(map[string]func(cryptoCall) cryptoWork)

func init() {
	for _, group := range []map[string]func(cryptoCall) cryptoWork{
		hashOperations, randomOperations, deriveOperations, cipherOperations, keyOperations, generateOperations,
		signOperations, rsaOperations, exchangeOperations, curveOperations, certificateOperations, contextOperations,
	} {
		maps.Copy(cryptoOperations, group)
	}
}

// bindCrypto is binding('crypto'):
//
//	failures(f): has errors made by f(kind, ...details), see failure
//	call(name, ...args): does the operation and returns its result, or throws
//	later(name, callback, ...args): does it on a worker and calls callback(err, result)
//	hashes, ciphers, curves: the names that are known
func bindCrypto(r *Runtime, exports *goja.Object) {
	c := &cryptography{r: r}
	exports.Set("hashes", hashNames)
	exports.Set("ciphers", cipherNames())
	exports.Set("curves", curveNames())
	exports.Set("failures", func(call goja.FunctionCall) goja.Value {
		c.fail, _ = goja.AssertFunction(call.Argument(0))
		return goja.Undefined()
	})
	exports.Set("call", func(call goja.FunctionCall) goja.Value {
		name := call.Argument(0).String()
		work := cryptoOperations[name](cryptoCall{c, call.Arguments[1:], longOperations[name]})
		if longOperations[name] {
			work = c.abandoned(work)
		}
		result, err := work()
		if err != nil {
			panic(c.failure(err, false))
		}
		return c.value(result)
	})
	exports.Set("later", func(call goja.FunctionCall) goja.Value {
		callback := call.Argument(1)
		work := cryptoOperations[call.Argument(0).String()](cryptoCall{c, call.Arguments[2:], true})
		c.later(work, func(result any, err error) {
			if err != nil {
				r.enter(callback, goja.Undefined(), c.failure(err, true))
				return
			}
			r.enter(callback, goja.Undefined(), goja.Undefined(), c.value(result))
		})
		return goja.Undefined()
	})
}

// longOperations are those that may take as long as a script likes.
var longOperations = map[string]bool{
	"pbkdf2": true, "scrypt": true, "generate.rsa": true, "prime.check": true, "prime.generate": true, "dh": true, "dh.check": true,
}

// abandoned returns work that is left alone when the script is interrupted: Go cannot
// interrupt it. The goroutine ends with the work.
func (c *cryptography) abandoned(work cryptoWork) cryptoWork {
	type outcome struct {
		result any
		err    error
	}
	return func() (any, error) {
		ready := make(chan outcome, 1)
		go func() {
			result, err := work()
			ready <- outcome{result, err}
		}()
		select {
		case o := <-ready:
			return o.result, o.err
		case <-c.r.interrupted:
			return nil, nil
		}
	}
}

// later has work done by a worker and calls done on the loop. The script stays alive
// until then.
func (c *cryptography) later(work cryptoWork, done func(any, error)) {
	c.r.ref()
	task := func() {
		result, err := work()
		// The second post is so that what the script asked for in this turn, such as
		// setImmediate, comes first, however quick the work was.
		c.r.post(func() {
			c.r.post(func() {
				done(result, err)
				c.r.unref()
			})
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, task)
	if c.workers < cryptoWorkers {
		c.workers++
		go c.run() // until nothing waits
	}
}

func (c *cryptography) run() {
	for {
		c.mu.Lock()
		if len(c.waiting) == 0 {
			c.workers--
			c.mu.Unlock()
			return
		}
		task := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.mu.Unlock()
		task()
	}
}

// value returns the script's form of a result.
func (c *cryptography) value(result any) goja.Value {
	vm := c.r.vm
	switch v := result.(type) {
	case nil:
		return goja.Undefined()
	case []byte:
		if v == nil {
			v = []byte{}
		}
		return c.r.newBuffer(v)
	case cryptoFields:
		o := vm.NewObject()
		for _, f := range v {
			o.Set(f.name, c.value(f.value))
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = c.value(item)
		}
		return vm.NewArray(list...)
	case *big.Int, string, bool, int:
		return vm.ToValue(v)
	}
	return vm.ToValue(result) // a handle: JavaScript only hands it back
}

func (c cryptoCall) arg(i int) goja.Value {
	if i < len(c.args) {
		return c.args[i]
	}
	return goja.Undefined()
}

// has reports whether an argument is neither undefined nor null.
func (c cryptoCall) has(i int) bool {
	v := c.arg(i)
	return !goja.IsUndefined(v) && !goja.IsNull(v)
}

// bytes returns the memory of a Buffer or the like, nil if the argument is none.
func (c cryptoCall) bytes(i int) []byte {
	p, ok := c.r.bytesOf(c.arg(i))
	if ok && (c.keep || p == nil) {
		p = append([]byte{}, p...)
	}
	return p
}

// text returns a string, "" if there is none.
func (c cryptoCall) text(i int) string {
	if !c.has(i) {
		return ""
	}
	return c.arg(i).String()
}

func (c cryptoCall) number(i int) int { return int(c.arg(i).ToInteger()) }

func (c cryptoCall) flag(i int) bool { return c.arg(i).ToBoolean() }

// handle returns what a result of an earlier operation was, nil if it was none.
func (c cryptoCall) handle(i int) any {
	if o, ok := c.arg(i).(*goja.Object); ok {
		return o.Export()
	}
	return nil
}

// key returns a key that an earlier operation has made.
func (c cryptoCall) key(i int) *cryptoKey {
	k, _ := c.handle(i).(*cryptoKey)
	return k
}

// fields returns an argument's object as JavaScript made it.
func (c cryptoCall) fields(i int) cryptoCallFields {
	o, _ := c.arg(i).(*goja.Object)
	return cryptoCallFields{c, o}
}

// cryptoCallFields is an object among the arguments.
type cryptoCallFields struct {
	call   cryptoCall
	object *goja.Object
}

func (f cryptoCallFields) of(name string) cryptoCall {
	v := goja.Value(goja.Undefined())
	if f.object != nil {
		if found := f.object.Get(name); found != nil {
			v = found
		}
	}
	return cryptoCall{f.call.cryptography, []goja.Value{v}, f.call.keep}
}

func (f cryptoCallFields) has(name string) bool    { return f.of(name).has(0) }
func (f cryptoCallFields) text(name string) string { return f.of(name).text(0) }

// done returns work that has its result already.
func done(result any, err error) cryptoWork {
	return func() (any, error) { return result, err }
}
