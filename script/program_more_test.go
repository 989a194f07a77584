// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"fmt"
	"strings"
)

func (p *programmer) class() {
	name := p.fresh('C')
	extends := pick(p, "", "", " extends Array", " extends Map", " extends (class { base() { return 'b' + this.p; } get v() { return 'v'; } })")
	super := ""
	if extends != "" {
		super = "super(); "
	}
	p.line("class %s%s {", name, extends)
	p.block(func() {
		p.line("#hidden = %s; p = (() => this.constructor.name)(); static s = %s; ['c' + %s] = 1;", p.number(1), p.text(1), p.number(1))
		p.line("static { this.t = [this.s, typeof this]; }")
		p.line("constructor(a) { %svar later; this.see = () => [a, later, this.#hidden, new.target === %s]; }", super, name)
		p.line("get h() { return this.#hidden; } set h(x) { this.#hidden = x; } static has(o) { return #hidden in o; }")
		p.line("m(...a) { return [a, %s]; } *[Symbol.iterator]() { yield this.h; yield %s; } async am() { return this.h; }", p.any(1), p.number(1))
		p.line("#inc() { return ++this.#hidden; } inc() { return this.#inc() + this.#inc(); }")
	})
	p.line("}")
	p.line("log(() => { const c = new %s(1, 2, 3); c.h += 1; return [c.see(), c.h, c.inc(), [...c], %s.has(c), %s.has({}), %s.t, c.m?.(%s), Object.keys(c), c.base?.(), %s.name]; });",
		name, name, name, name, p.number(1), name)
	p.line("log(() => %s);", pick(p, name+"()", "new "+name+"() instanceof "+name, "Object.getOwnPropertyNames("+name+".prototype)", "typeof "+name, "new "+name+"().m.call(5)"))
}

func (p *programmer) generator() {
	name := p.fresh('g')
	p.b.WriteString(strings.Repeat("  ", p.depth))
	fmt.Fprintf(&p.b, "function* %s(", name)
	p.block(func() {
		fmt.Fprintf(&p.b, "%s) {\n", p.parameters())
		p.variables()
		p.line("try { const got = yield %s; yield [got, %s]; yield* %s; } finally { yield 'f'; log(() => 'done'); }", p.any(1), p.number(1), p.array(1))
		p.line("return %s;", p.any(1))
	})
	p.line("}")
	p.line("log(() => { const it = %s; return [it.next(1), it.next(2), it.%s(3), it.next(), it.next(), [...%s(1, 2, 3)]]; });",
		p.call(name), pick(p, "next", "return", "throw"), name)
}

func (p *programmer) async() {
	name := p.fresh('h')
	p.b.WriteString(strings.Repeat("  ", p.depth))
	fmt.Fprintf(&p.b, "async function %s(", name)
	p.block(func() {
		fmt.Fprintf(&p.b, "%s) {\n", p.parameters())
		p.variables()
		p.line("log(() => 'before'); const v = await %s; log(() => ['after', v]);", pick(p, p.number(1), "Promise.resolve("+p.any(1)+")", "{ then(f) { f(7); } }", "Promise.reject(new RangeError('r'))"))
		p.line("return [await v, `${await %s}`];", p.text(1))
	})
	p.line("}")
	p.line("%s.then((v) => log(() => ['then', v]), (e) => log(() => ['rejected', e.name])).finally(() => log(() => 'finally'));", p.call(name))
	if p.chance(2) {
		p.line("Promise.%s([%s, Promise.resolve(1), Promise.reject(2)]).then((v) => log(() => v), (e) => log(() => [e]));", pick(p, "all", "allSettled", "race", "any"), p.any(1))
	}
}

// early uses what is declared later.
func (p *programmer) early() {
	a, b := p.fresh('n'), p.fresh('n')
	f := p.fresh('f')
	p.line("log((function (%s) {", a)
	p.block(func() {
		p.line("const see = () => [%s, typeof %s, %s];", a, b, pick(p, b, f+"()"))
		// Of a const, an assignment before the declaration is another error in goja.
		first, declare := pick(p, f+"(1, 2)", "typeof "+f), pick(p, "let", "const", "var")
		if declare != "const" && p.chance(2) {
			first = b + " = 5"
		}
		p.line("log(see); log(() => %s);", first)
		p.line("%s %s = %s; function %s(q) { return [q, %s]; }", declare, b, p.number(1), f, pick(p, a, b))
		p.line("log(see); return see;")
	})
	p.line("}).bind(null%s));", strings.Repeat(", "+p.number(1), p.r.IntN(4)))
}

func (p *programmer) collection() {
	p.line("log(() => { const m = new Map([[%s, 1], [%s, 2], [NaN, 3], [0, 4]]); const r = []; for (const [k, v] of m) { r.push([k, v]); if (v === 2) { m.delete(NaN); m.set('new', 9); } }",
		p.any(1), p.any(1))
	p.line("  const s = new Set([...m.keys(), %s]); s.delete(0); return [r, s, m.size, m.get(%s), s.has(NaN), Object.fromEntries(Object.entries({ z: 1, 3: 2, a: %s })), JSON.stringify([...s])]; });",
		p.any(1), p.any(1), p.any(1))
}

func (p *programmer) proxy() {
	p.line("log(() => { const r = []; const o = new Proxy({ a: %s, b: 2 }, { get(t, k, me) { r.push('get ' + String(k)); return Reflect.get(t, k, me); }, has(t, k) { r.push('has ' + k); return k in t; },", p.any(1))
	p.line("  set(t, k, v) { r.push('set ' + k); t[k] = v; return %s; }, ownKeys(t) { r.push('keys'); return Reflect.ownKeys(t); }, deleteProperty(t, k) { r.push('del ' + k); return delete t[k]; } });",
		pick(p, "true", "true", "false"))
	p.line("  try { o.c = o.a; 'b' in o; delete o.b; o.n ??= 1; ({ ...o }); Object.keys(o); for (const k in o); o?.a?.x; const { c, ...rest } = o; r.push(rest); } catch (e) { r.push(e.name); } return r; });")
}

func (p *programmer) label() {
	p.line("log(() => { const r = []; outer: for (let i = 0; i < 3; i++) { inner: for (let j = 0; j < 3; j++) { if (j === %d) continue outer; if (i === %d) break inner; if (i + j > %d) break outer; r.push(`${i}${j}`); } r.push('x'); } return r; });",
		p.r.IntN(4), p.r.IntN(4), p.r.IntN(5))
}

func (p *programmer) sort() {
	p.line("log(() => [%s, %s, %s, %s, %s].sort(%s));", p.any(1), p.number(1), p.text(1), p.any(1), p.number(1),
		pick(p, "", "", "(a, b) => a - b", "(a, b) => (String(a) < String(b) ? -1 : 1)", "(a, b) => b > a"))
	p.line("log(() => Array.from({ length: 25 }, (_, i) => [i * %d %% 7, i]).sort((a, b) => a[0] - b[0]).join(';'));", 1+p.r.IntN(50))
}

func (p *programmer) blockFunction() {
	name := p.fresh('k')
	p.line("log((function (a) { const r = [typeof %s]; if (%s) { r.push(typeof %s); function %s(x) { return [a, x, %s]; } } else { var q%s = 1; } r.push(typeof %s); return () => [r, %s(1, 2)]; })(%s, 2));",
		name, p.truth(1), name, name, p.number(1), name, name, name, p.number(1))
}

// evaluate calls eval and Function.
func (p *programmer) evaluate() {
	p.line("log((function (a) { var v = %s; let l = 1; log(() => eval('[a, v, l, typeof w]')); eval('var w = a; v = 3'); return () => [v, typeof w, l]; })(%s));", p.any(1), p.number(1))
	p.line("log(() => new Function('a', 'var x; return [a, (() => [x, a])(), arguments.length, %s]')(%s, 5));", strings.NewReplacer("'", `"`, `\`, "", "\n", " ").Replace(p.number(1)), p.number(1))
}

func (p *programmer) accessor() {
	p.line("log(() => { const r = []; const o = { get a() { r.push('get'); return %s; }, set a(v) { r.push(['set', v]); }, ['k' + %s]: 1, __proto__: { inherited: %s } };", p.any(1), p.number(1), p.number(1))
	p.line("  o.a += 1; o.a ||= 2; o.a &&= 3; const f = (...x) => { r.push(x); return o; }; f(1)[(f('key'), 'a')] = f('value') && 4; r.push(Object.keys(o), 'inherited' in o, { ...o }.a); for (const k in o) r.push(k); return r; });")
}

// of returns an expression of a kind.
func (p *programmer) of(kind byte, depth int) string {
	switch kind {
	case 'n':
		return p.number(depth)
	case 's':
		return p.text(depth)
	case 'a':
		return p.array(depth)
	}
	return p.any(depth)
}

func (p *programmer) any(depth int) string {
	if depth <= 0 {
		return pick(p, "null", "undefined", "true", "{}", "NaN", "'1.0'", "'1e1'", "0", "'x'", "1n")
	}
	switch p.r.IntN(9) {
	case 0, 1:
		return p.number(depth)
	case 2, 3:
		return p.text(depth)
	case 4:
		return p.array(depth)
	case 5:
		return p.truth(depth)
	case 6:
		if name := p.known('f'); name != "" && p.calls == 0 {
			return p.call(name)
		}
		return p.big()
	case 7:
		return fmt.Sprintf("({ a: %s, ...%s, [%s]: 1 })", p.any(depth-1), p.array(depth-1), p.text(depth-1))
	}
	return p.oddity(depth)
}

func (p *programmer) number(depth int) string {
	if depth <= 0 {
		if name := p.known('n'); name != "" && p.chance(2) {
			return name
		}
		return pick(p, "0", "1", "2", "7", "10", "80", "1.5", "0.1", "255", "4294967296", "2147483647", "1e21", "1e-7", "123.456", "0xff", "1_000")
	}
	a, b := p.number(depth-1), p.number(depth-1)
	switch p.r.IntN(9) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", a, pick(p, "+", "-", "*", "/", "%"), b)
	case 2:
		return fmt.Sprintf("((%s %% 1e9) %s (%s %% 1e9))", a, pick(p, "|", "&", "^", "<<", ">>", ">>>"), b) // goja loses bits beyond 2 ** 63
	case 3:
		if p.chance(6) {
			return fmt.Sprintf("Math.%s(%s %% 1e9, %s %% 1e9)", pick(p, "imul", "clz32"), a, b)
		}
		return fmt.Sprintf("Math.%s(%s, %s)", pick(p, "max", "min", "round", "floor", "ceil", "trunc", "abs", "sign", "fround", "sqrt"), a, b)
	case 4:
		return fmt.Sprintf("%s(%s)", pick(p, "Number", "parseInt", "parseFloat", "+", "Number.parseFloat"), p.text(depth-1))
	case 5:
		return fmt.Sprintf("%s.%s", p.text(depth-1), pick(p, "length", "charCodeAt(1)", "indexOf('a')", "lastIndexOf('b')", "codePointAt(0)", "search(/\\d/)"))
	case 6:
		return fmt.Sprintf("%s.%s", p.array(depth-1), pick(p, "length", "indexOf(1)", "push(1)", "findIndex((x) => x > 1)", "reduce((x, y) => x + y, 0)", "findLast((x) => x)"))
	case 7:
		return fmt.Sprintf("(%s ? %s : %s)", p.truth(depth-1), a, b)
	}
	return fmt.Sprintf("new Date(%d).%s", p.r.Int64N(4e12)-2e12, pick(p, "getUTCDay()", "getTime()", "setUTCMonth(14, 31)", "getUTCFullYear()", "setUTCHours(-1)"))
}

func (p *programmer) text(depth int) string {
	if depth <= 0 {
		if name := p.known('s'); name != "" && p.chance(2) {
			return name
		}
		return pick(p, "''", "'a'", "'abcabc'", "'12'", "'1.0'", "'1e1'", "' 80 '", "'0x1F'", "'ß İé'", "'a😀b'", "'A,b;C'", "'\\n\\t\\u2028'", "'2020-02-30'", "'-0'")
	}
	a, n := p.text(depth-1), p.number(depth-1)
	switch p.r.IntN(8) {
	case 0:
		return fmt.Sprintf("(%s + %s)", a, p.any(depth-1))
	case 1:
		return fmt.Sprintf("`<${%s}|${%s}>`", p.any(depth-1), n)
	case 2:
		return fmt.Sprintf("%s.%s", a, pick(p, "toUpperCase()", "toLowerCase()", "trim()", "slice(-3, -1)", "substring(3, 1)", "padStart(6, 'xy')", "repeat(2)", "at(-1)", "normalize('NFD')", "split('').reverse().join('')", "concat(1, null)", "substr(-2)", "trimEnd()"))
	case 3:
		return fmt.Sprintf("%s.replace(%s, %s)", a, pick(p, "/a(b)?/g", "/[A-Z]/gi", "'a'", "/(?<q>\\d+)/u", "/\\s*/g", "/(?<=a)b|$/g"), pick(p, "'[$&$1]'", "(...m) => JSON.stringify(m)", "'$`-$\\''", "'<$<q>>'", "() => '$1'"))
	case 4:
		return fmt.Sprintf("(%s).%s", n, pick(p, "toFixed(2)", "toString(2)", "toPrecision(3)", "toExponential(4)", "toString(16)", "toString()"))
	case 5:
		return fmt.Sprintf("String(%s)", p.any(depth-1))
	case 6:
		return fmt.Sprintf("JSON.stringify(%s)", p.any(depth-1))
	}
	return fmt.Sprintf("new Date(%d).%s", p.r.Int64N(4e12)-2e12, pick(p, "toISOString()", "toUTCString()", "toJSON()", "toString()"))
}

func (p *programmer) array(depth int) string {
	if depth <= 0 {
		if name := p.known('a'); name != "" && p.chance(2) {
			return name
		}
		return pick(p, "[]", "[1, 2, 3]", "[3, , 1]", "['b', 'a']", "[[1, [2]], 3]", "[0, -1, NaN]")
	}
	a := p.array(depth - 1)
	return pick(p, a, fmt.Sprintf("[%s, %s]", p.any(depth-1), p.any(depth-1)), fmt.Sprintf("[...%s, ...%s]", a, p.text(depth-1)),
		a+"."+pick(p, "map((x, i) => [x, i])", "filter(Boolean)", "slice(-2)", "concat([1], 2)", "flat(Infinity)", "toSorted()", "with(0, 5)", "toSpliced(1, 1, 'n')", "flatMap((x) => [x, x])", "fill(7, 1)", "copyWithin(0, 1)"),
		fmt.Sprintf("[...%s.matchAll(/[a-c]|\\d+/g)].map(String)", p.text(depth-1)), fmt.Sprintf("%s.split(%s)", p.text(depth-1), pick(p, "''", "/(b)/", "','", "/(?:)/u")),
		fmt.Sprintf("Array.from(new %s([%s, %s, 300]))", pick(p, "Uint8Array", "Int16Array", "Float32Array", "Uint8ClampedArray"), p.number(0), p.number(0)),
		fmt.Sprintf("Object.entries({ z: 1, 2: %s, a: 3 })", p.any(depth-1)))
}

func (p *programmer) truth(depth int) string {
	a, b := p.any(depth-1), p.any(depth-1)
	return fmt.Sprintf("(%s %s %s)", a, pick(p, "==", "!=", "===", "<", "<=", ">", ">=", "==", "&&", "||", "??"), b)
}

func (p *programmer) big() string {
	return fmt.Sprintf("((%dn) %s %dn)", p.r.Int64N(1e9)-5e8, pick(p, "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "**"), p.r.IntN(20))
}

// oddity is something that stands for itself.
func (p *programmer) oddity(depth int) string {
	x := p.any(depth - 1)
	return pick(p,
		"((s, ...v) => [s.raw, v])`a${"+x+"}\\n`", "typeof "+x, "("+x+")?.a?.[0]", "Object.is("+x+", "+p.any(0)+")", "[("+x+", 1), void 0]",
		"Object.prototype.toString.call("+x+")", "structuredClone("+p.array(depth-1)+")", "Array.isArray("+x+")", "Number.isInteger("+x+")",
		"((a, b = a, ...c) => [a, b, c])(..."+p.array(depth-1)+")", "Symbol("+p.text(0)+").description", "("+x+") instanceof Object",
		"Reflect.ownKeys(Object("+x+")).length", "/(?<y>\\d{2,4})-?(b|c)*/.exec("+p.text(depth-1)+")?.slice()", "delete [1, 2][0]", "JSON.parse(JSON.stringify("+p.array(depth-1)+"))",
		"BigInt.asIntN(8, "+p.big()+")", "isNaN("+p.text(0)+")", "new Error("+p.text(0)+").message", "[,].concat("+x+").length")
}
