// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A programmer writes programs of chance, that use the language and say what they
// see. They end, they print nothing that depends on the machine, and a fault in one
// place ends no more than the statement that it is in.
type programmer struct {
	r     *rand.Rand
	b     strings.Builder
	names int
	scope []names // the innermost last
	depth int
	calls int // functions around the place

	lowered bool // it has what esbuild rewrites
}

// names are those of a scope, by what they hold: n a number, s a text, a an array,
// f a function.
type names map[byte][]string

func newProgrammer(seed uint64) *programmer {
	return &programmer{r: rand.New(rand.NewPCG(seed, 7)), lowered: (seed-1)/together%4 == 3}
}

// program returns the text of a function's body.
func (p *programmer) program() string {
	p.b.Reset()
	p.names, p.depth, p.calls = 0, 0, 0
	p.scope = []names{{}}
	if p.chance(3) {
		p.line("'use strict';")
	}
	for range 4 + p.r.IntN(8) {
		p.statement()
	}
	return p.b.String()
}

func (p *programmer) chance(n int) bool { return p.r.IntN(n) == 0 }

func pick[T any](p *programmer, list ...T) T { return list[p.r.IntN(len(list))] }

func (p *programmer) line(format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", p.depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

// fresh returns a new name for what is of a kind; declare makes it known.
func (p *programmer) fresh(kind byte) string {
	p.names++
	return string(kind) + strconv.Itoa(p.names)
}

func (p *programmer) declare(kind byte, name string) {
	inner := p.scope[len(p.scope)-1]
	inner[kind] = append(inner[kind], name)
}

// known returns a name of a kind, "" if there is none.
func (p *programmer) known(kind byte) string {
	var all []string
	for _, scope := range p.scope {
		all = append(all, scope[kind]...)
	}
	if len(all) == 0 {
		return ""
	}
	return pick(p, all...)
}

// block writes what stands in braces, with names of its own.
func (p *programmer) block(write func()) {
	p.depth++
	p.scope = append(p.scope, names{})
	write()
	p.scope = p.scope[:len(p.scope)-1]
	p.depth--
}

func (p *programmer) statements(n int) {
	for range n {
		p.statement()
	}
}

func (p *programmer) statement() {
	if p.depth > 3 {
		p.say()
		return
	}
	forms := []func(){
		p.say, p.say, p.variable, p.variable, p.function, p.function, p.arrow, p.assign, p.loop, p.branch, p.try,
		p.choice, p.destructure, p.class, p.generator, p.async, p.early, p.collection, p.proxy, p.label, p.sort,
		p.blockFunction, p.evaluate, p.accessor,
	}
	pick(p, append(forms, p.kinds()...)...)()
}

func (p *programmer) say() { p.line("log(() => %s);", p.any(3)) }

func (p *programmer) variable() {
	kind := pick(p, byte('n'), 's', 'a')
	name, value := p.fresh(kind), p.of(kind, 2)
	p.line("%s %s = %s;", pick(p, "var", "let", "const", "let"), name, value)
	p.declare(kind, name)
}

func (p *programmer) assign() {
	name := p.known('n')
	if name == "" {
		p.say()
		return
	}
	p.line("log(() => %s %s %s);", name, pick(p, "=", "+=", "-=", "??=", "||=", "&&=", "%="), p.number(2))
	p.line("log(() => [%s, %s, %s]);", pick(p, name+"++", "++"+name, name+"--"), name, p.number(1))
}

// parameters returns a list of parameters and declares them.
func (p *programmer) parameters() string {
	var list []string
	simple := !p.chance(3)
	for range p.r.IntN(3) {
		name := p.fresh('n')
		switch {
		case simple || p.chance(2):
			list = append(list, name)
		case p.chance(2):
			list = append(list, name+" = "+p.number(1))
		default:
			list = append(list, pick(p, "{ x: "+name+" = 1, ...rest"+name+" } = {}", "["+name+"] = [3]"))
		}
		defer p.declare('n', name)
	}
	if !simple && p.chance(2) {
		name := p.fresh('a')
		list = append(list, "..."+name)
		defer p.declare('a', name)
	}
	return strings.Join(list, ", ")
}

// body writes the inside of a function: closures that see its parameters and
// variables early and late.
func (p *programmer) body(arguments bool) {
	p.calls++
	p.variables()
	p.statements(p.r.IntN(3))
	if arguments && p.chance(2) {
		p.line("log(() => [arguments.length, arguments[0]]);")
	}
	if arguments && p.chance(4) {
		p.line("arguments[0] = %s;", p.number(1))
	}
	seen := []string{p.number(1)}
	for _, kind := range []byte{'n', 's', 'a', 'n'} {
		if name := p.known(kind); name != "" {
			seen = append(seen, name)
		}
	}
	result := "[" + strings.Join(seen, ", ") + "]"
	p.line("return %s;", pick(p, result, "(() => "+result+")()", "[1].map(() => "+result+")", "(function () { return "+result+"; })()"))
	p.calls--
}

// variables declares some that have no value yet, and a closure that sees them.
func (p *programmer) variables() {
	if p.chance(2) {
		name := p.fresh('n')
		p.line("%s %s;", pick(p, "var", "let"), name)
		p.declare('n', name)
		p.line("const see%s = () => %s;", name, name)
		p.line("log(() => see%s());", name)
	}
}

func (p *programmer) function() {
	name := p.fresh('f')
	p.b.WriteString(strings.Repeat("  ", p.depth))
	kind := pick(p, "function %s(", "const %s = function (", "var %s = function (")
	fmt.Fprintf(&p.b, kind, name)
	p.block(func() {
		fmt.Fprintf(&p.b, "%s) {\n", p.parameters())
		p.body(true)
	})
	p.line("};")
	p.declare('f', name)
	p.line("log(() => %s);", p.call(name))
}

func (p *programmer) arrow() {
	name := p.fresh('f')
	p.b.WriteString(strings.Repeat("  ", p.depth))
	fmt.Fprintf(&p.b, "const %s = (", name)
	p.block(func() {
		fmt.Fprintf(&p.b, "%s) => {\n", p.parameters())
		p.body(false)
	})
	p.line("};")
	p.declare('f', name)
	p.line("log(() => [%s, %s.length, %s.name]);", p.call(name), name, name)
}

// call calls a function with any number of arguments.
func (p *programmer) call(name string) string {
	args := make([]string, p.r.IntN(5))
	for i := range args {
		args[i] = p.number(1)
	}
	list := strings.Join(args, ", ")
	return pick(p, name+"("+list+")", name+"("+list+")", name+".call({ k: 1 }, "+strings.Join(append(args, "8"), ", ")+")",
		name+"(...["+list+"])", name+"?.("+list+")")
}

func (p *programmer) loop() {
	i := p.fresh('n')
	head := pick(p,
		fmt.Sprintf("for (let %s = 0; %s < %d; %s++)", i, i, 1+p.r.IntN(4), i),
		fmt.Sprintf("for (var %s = 0; %s < %d; %s += 2)", i, i, 1+p.r.IntN(4), i),
		fmt.Sprintf("for (const %s of %s.slice(0, 3))", i, p.array(1)),
		fmt.Sprintf("for (const %s in { b: 1, 2: 1, a: 1, 1: 1 })", i))
	p.line("{ const later = [];")
	p.line("%s {", head)
	p.block(func() {
		p.declare('s', i)
		p.line("later.push(() => %s);", i)
		p.statements(1)
		if p.chance(2) {
			p.line("if (%s) %s;", p.truth(1), pick(p, "break", "continue"))
		}
		p.statements(p.r.IntN(2))
	})
	p.line("}")
	p.line("log(() => later.map((f) => f())); }")
}

func (p *programmer) branch() {
	p.line("if (%s) {", p.truth(2))
	p.block(func() { p.statements(1) })
	p.line("} else {")
	p.block(func() { p.statements(1) })
	p.line("}")
}

func (p *programmer) try() {
	p.line("log(() => { l: for (const k of [1, 2]) {")
	p.block(func() {
		p.line("try {")
		p.block(func() {
			p.statements(1)
			p.line("%s;", pick(p, "throw new TypeError('t')", "throw 5", "return 'try'", "break", "continue l", "null.x"))
		})
		p.line("} catch %s {", pick(p, "(e)", "({ name: e })", ""))
		p.block(func() { p.line("%s;", pick(p, "log(() => k)", "throw 6", "return 'catch'", "continue")) })
		p.line("} finally {")
		p.block(func() {
			p.line("log(() => 'finally');")
			if p.chance(4) {
				p.line("%s;", pick(p, "return 'finally'", "break l", "continue"))
			}
		})
		p.line("}")
	})
	p.line("} return 'end'; });")
}

func (p *programmer) choice() {
	p.line("switch (%s) {", pick(p, p.number(1), p.text(1), "NaN", "typeof "+p.any(1)))
	p.block(func() {
		for range 1 + p.r.IntN(3) {
			p.line("case %s: log(() => %s); %s", pick(p, p.number(1), p.text(1), "NaN", "'number'"), p.any(1), pick(p, "break;", ""))
		}
		p.line("default: log(() => 'default');")
		p.line("case 'last': { let q = 1; log(() => q); }")
	})
	p.line("}")
}

func (p *programmer) destructure() {
	a, b, c := p.fresh('n'), p.fresh('n'), p.fresh('a')
	p.line("%s", pick(p,
		fmt.Sprintf("let [%s, %s = %s, ...%s] = %s;", a, b, p.number(1), c, p.array(1)),
		fmt.Sprintf("let { length: %s, [%s]: %s = 4, ...%s } = %s;", a, p.text(1), b, c, p.array(1)),
		fmt.Sprintf("var %s = 1, %s = 2, %s = []; [%s, %s] = [%s, %s]; ({ x: %s = 5, y: [%s[0]] = [6] } = { x: %s });", a, b, c, a, b, b, a, a, c, p.number(1)),
		fmt.Sprintf("const { x: { y: %s = 3 } = {}, z: %s } = { z: %s }, %s = [%s];", a, b, p.number(1), c, a)))
	p.line("log(() => [%s, %s, %s]);", a, b, c)
}
