// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// A frame is a call that an error's stack tells of.
type frame struct {
	function string // "" for one without a name
	file     string // "" for a function of the engine's
	line     int
	column   int
	module   bool // file is an ES module's
}

// String returns the frame as V8 writes it, without the "at".
func (f frame) String() string {
	where := "<anonymous>"
	if f.file != "" {
		where = f.name() + ":" + strconv.Itoa(f.line) + ":" + strconv.Itoa(f.column)
	}
	if f.function == "" {
		return where
	}
	return f.function + " (" + where + ")"
}

// name returns the file as people know it.
func (f frame) name() string {
	if f.module && !strings.HasPrefix(f.file, "data:") {
		return (&url.URL{Scheme: "file", Path: filepath.ToSlash(f.file)}).String()
	}
	return f.file
}

// own reports whether f is of the library's that no stack shows: where errors are
// made, where Go enters, and what is Go.
func (f frame) own() bool {
	if f.file == "" && strings.Contains(f.function, "/") {
		return true
	}
	switch f.file {
	case "node:internal/stack", "node:internal/errors", "node:internal/validators", "node:internal/bootstrap", "node:internal/builtins":
		return true
	}
	return false
}

// placed corrects f for what has been done to the text of its file.
func (m *modules) placed(f frame) frame {
	text := m.texts[f.file]
	f.module = text.url
	switch {
	case text.mapped:
		f.column++
	case f.line == 1 && f.column > text.shift:
		f.column -= text.shift
	}
	return f
}

// frames returns at most limit calls that are being made, the innermost first, but
// for those of the library's own that make the error, those above the function of
// that name, and constructors of the classes that the error is made of.
func (r *Runtime) frames(limit int, above string, constructors []string) []frame {
	var frames, all []frame
	for _, f := range r.vm.CaptureCallStack(0, nil) {
		one := frame{function: f.FuncName(), file: f.SrcName()}
		if one.function == "<anonymous>" || one.function == "<native>" {
			one.function = ""
		}
		if one.file == "<native>" {
			one.file = ""
		} else {
			at := f.Position()
			one.line, one.column = at.Line, at.Column
		}
		all = append(all, one)
		if one.own() || len(frames) == 0 && one.file == "" {
			continue // ours, and the native function that is called for this
		}
		frames = append(frames, r.modules.placed(one))
	}
	if len(frames) == 0 && len(all) > 0 {
		frames = all[len(all)-1:] // no error is without any
	}
	if above != "" {
		for i, f := range frames {
			if name := strings.TrimPrefix(f.function, constructorPrefix); name == above || strings.HasSuffix(name, "."+above) {
				frames = frames[i+1:]
				break
			}
		}
	}
	for len(frames) > 0 && frames[0].makes(constructors) {
		frames = frames[1:]
	}
	return frames[:min(limit, len(frames))]
}

// makes reports whether f is the constructor of a class, or a function, of one of
// the names.
func (f frame) makes(names []string) bool {
	name := strings.TrimPrefix(f.function, constructorPrefix)
	if name == anonymousClass {
		name = ""
	}
	return f.function != "" && slices.Contains(names, name)
}

// foreign matches a line of a stack as goja writes it.
var foreign = regexp.MustCompile(`\tat (?:(.*?) \()?(?:native|(.+):(\d+):(\d+)\(\d+\))\)?\n?`)

// mend makes an error that the engine itself has thrown look as V8's: it is known
// by its stack. It returns the frames of that, nil for any other value.
func (r *Runtime) mend(v goja.Value) []frame {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Error" {
		return nil
	}
	property := o.Get("stack")
	if property == nil {
		return nil
	}
	head, rest, ok := strings.Cut(property.String(), "\n\tat ")
	if !ok {
		return nil
	}
	var frames []frame
	for _, found := range foreign.FindAllStringSubmatch("\tat "+rest, -1) {
		line, _ := strconv.Atoi(found[3])
		column, _ := strconv.Atoi(found[4])
		one := frame{function: found[1], file: r.modules.sourceName(found[2]), line: line, column: column}
		if !one.own() {
			frames = append(frames, r.modules.placed(one))
		}
	}
	if message := o.Get("message"); message != nil && head != "" {
		said := message.String()
		if better := r.inV8(said, frames); better != said {
			o.DefineDataProperty("message", r.vm.ToValue(better), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
			head = strings.Replace(head, said, better, 1)
		}
	}
	limit := r.stackLimit()
	shown := frames[:min(max(limit, 0), len(frames))]
	o.DefineDataProperty("stack", r.vm.ToValue(stackText(head, shown)), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return frames
}

// stackText returns the text of a stack.
func stackText(head string, frames []frame) string {
	var b strings.Builder
	b.WriteString(head)
	for _, f := range frames {
		b.WriteString("\n    at ")
		b.WriteString(f.String())
	}
	return b.String()
}

// stackLimit is Error.stackTraceLimit, -1 if that is no number.
func (r *Runtime) stackLimit() int {
	class, ok := r.vm.Get("Error").(*goja.Object)
	if !ok {
		return -1
	}
	limit := class.Get("stackTraceLimit")
	if limit == nil || !goja.IsNumber(limit) {
		return -1
	}
	return int(min(max(limit.ToFloat(), 0), 1000))
}

// calls are what an error remembers until somebody looks at its stack.
type calls struct{ frames []frame }

// bindStack is binding('stack'):
//
//	capture(limit, above, constructors) → the calls outside of the function named
//	  above, and of constructors of these names
//	text(head, calls) → the text of a stack
//	frames(limit, above, constructors) → the calls as [function, file, line, column], flat
//	mend(error): makes an error of the engine's own look as V8's
//	json(text) → why that is no JSON, in V8's words
func bindStack(r *Runtime, exports *goja.Object) {
	vm := r.vm
	above := func(v goja.Value) string {
		if goja.IsUndefined(v) {
			return ""
		}
		return v.String()
	}
	constructors := func(v goja.Value) (names []string) {
		if !goja.IsUndefined(v) {
			vm.ExportTo(v, &names)
		}
		return names
	}
	exports.Set("capture", func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(&calls{r.frames(int(call.Argument(0).ToInteger()), above(call.Argument(1)), constructors(call.Argument(2)))})
	})
	exports.Set("text", func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(stackText(call.Argument(0).String(), call.Argument(1).Export().(*calls).frames))
	})
	exports.Set("frames", func(call goja.FunctionCall) goja.Value {
		var flat []any
		for _, f := range r.frames(int(call.Argument(0).ToInteger()), above(call.Argument(1)), constructors(call.Argument(2))) {
			flat = append(flat, f.function, f.file, f.line, f.column-r.modules.calledAt(f))
		}
		return vm.NewArray(flat...)
	})
	mend := func(call goja.FunctionCall) goja.Value {
		r.mend(call.Argument(0))
		return call.Argument(0)
	}
	exports.Set("mend", mend)
	exports.Set("json", func(text string) string { return notJSON(text) })
	global := vm.GlobalObject()
	global.DefineDataProperty(catchHook, vm.ToValue(mend), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	global.DefineDataProperty(equalHook, vm.ToValue(r.equal), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	global.DefineDataProperty(throwHook, vm.ToValue(r.throws), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
}
