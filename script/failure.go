// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"
)

// thrown returns what a script threw.
func (r *Runtime) thrown(err error) goja.Value {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return ex.Value()
	}
	var overflow *goja.StackOverflowError
	if errors.As(err, &overflow) {
		return r.overflown(overflow.Stack())
	}
	return r.vm.NewGoError(err)
}

// overflown returns the error for a stack that is too deep. goja lets no script
// catch it.
func (r *Runtime) overflown(stack []goja.StackFrame) goja.Value {
	const message = "Maximum call stack size exceeded"
	value, err := r.vm.New(r.vm.Get("RangeError"), r.vm.ToValue(message))
	if err != nil {
		panic(err)
	}
	var frames []frame
	for _, f := range stack[:min(10, len(stack))] {
		at := f.Position()
		one := frame{function: f.FuncName(), file: f.SrcName(), line: at.Line, column: at.Column}
		frames = append(frames, r.modules.placed(one))
	}
	text := stackText("RangeError: "+message, frames)
	value.DefineDataProperty("stack", r.vm.ToValue(text), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return value
}

// report prints an error that nobody handled, as Node does.
func (r *Runtime) report(err error) {
	if r.Stderr == nil {
		return
	}
	value := r.thrown(err)
	frames := r.mend(value)
	exports, _ := r.modules.builtin("internal/failure")
	describe, _ := goja.AssertFunction(exports.ToObject(r.vm).Get("describe"))
	r.turns.depth++
	where, sure := r.origin(err, value, frames)
	text, again := describe(goja.Undefined(), value, r.vm.ToValue(where), r.vm.ToValue(sure))
	r.turns.depth--
	if again != nil {
		fmt.Fprintf(r.Stderr, "%v\n\n%v\n", again, err)
		return
	}
	io.WriteString(r.Stderr, text.String())
}

// origin says where something was thrown: the place, the line, and a caret below;
// "" if that is not known. It is sure of it if a throw statement of the script's
// has told.
func (r *Runtime) origin(err error, value goja.Value, frames []frame) (where string, sure bool) {
	m := &r.modules
	// What goes through a promise, as all that an ES module throws, does not know the
	// statement.
	lead := "throw "
	if r.turns.state.Get("rejected").ToBoolean() {
		lead = ""
	} else if m.last.file != nil && m.last.value == value && !m.texts[m.last.file.Name()].url {
		at := m.last.file.Position(int(m.last.at) - m.last.file.Base())
		return m.show(m.placed(frame{file: m.last.file.Name(), line: at.Line, column: at.Column}), ""), true
	}
	if frames == nil {
		var stack []goja.StackFrame
		var ex *goja.Exception
		var overflow *goja.StackOverflowError
		if errors.As(err, &ex) {
			stack = ex.Stack()
		} else if errors.As(err, &overflow) {
			stack = overflow.Stack()
		}
		if len(stack) > 0 {
			for _, f := range stack {
				at := f.Position()
				frames = append(frames, m.placed(frame{file: f.SrcName(), line: at.Line, column: at.Column}))
			}
		}
	}
	for _, f := range frames {
		if strings.HasPrefix(f.file, "node:") {
			continue
		}
		if _, known := m.texts[f.file]; known {
			if f.module {
				lead = ""
			}
			return m.show(f, lead), false
		}
	}
	return "", false
}

// show returns a place as Node shows it. If lead comes right before it in its
// line, the caret goes there.
func (m *modules) show(f frame, lead string) string {
	before, after := m.around(f)
	line := before + after
	if strings.HasPrefix(after, "(") { // V8 has the name of what is called
		before = strings.TrimRightFunc(before, partOfName)
	}
	if lead != "" && strings.HasSuffix(before, lead) {
		before = strings.TrimSuffix(before, lead)
	}
	return fmt.Sprintf("%s:%d\n%s\n%s^\n", f.name(), f.line, line, blank(before))
}

// blank returns text with everything but tabs made blanks.
func blank(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' {
			return c
		}
		return ' '
	}, text)
}

// pointed returns the place of a syntax error with carets below what is wrong.
func (m *modules) pointed(name string, at file.Position, width int) string {
	f := frame{file: name, line: at.Line, column: at.Column, module: m.texts[name].url}
	before, after := m.around(f)
	return fmt.Sprintf("%s:%d\n%s\n%s%s\n", f.name(), at.Line, before+after, blank(before), strings.Repeat("^", width))
}

// fail throws an error of internal/errors.
func (r *Runtime) fail(code string, args ...any) {
	values := make([]goja.Value, len(args))
	for i, arg := range args {
		if words, ok := arg.([]any); ok {
			arg = r.vm.NewArray(words...)
		}
		values[i] = r.vm.ToValue(arg)
	}
	exports, _ := r.modules.builtin("internal/errors")
	err, failure := r.vm.New(exports.ToObject(r.vm).Get("codes").ToObject(r.vm).Get(code), values...)
	if failure != nil {
		panic(r.thrown(failure))
	}
	panic(err)
}
