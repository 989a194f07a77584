// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"fmt"
	"strings"
)

// kinds are forms of statements with a part of the language each.
func (p *programmer) kinds() []func() {
	forms := []func(){
		p.proxyOfFunction, p.loopPattern, p.labelledBlock, p.symbols, p.iterator, p.template, p.optional, p.privates,
		p.lexicalSwitch, p.json, p.expression, p.bigArithmetic, p.typed, p.descriptor, p.again, p.conversion, p.errors,
		p.evaluateHere, p.delegate, p.date,
	}
	if p.lowered {
		forms = append(forms, p.asyncGenerator, p.asyncGenerator, p.awaitLoop)
	}
	return forms
}

func (p *programmer) proxyOfFunction() {
	p.line("log(() => { const seen = []; const f = new Proxy(function F(a, b = 2, ...c) { if (new.target) this.v = [a, b]; else return [a, b, c, typeof this]; }, {")
	p.line("  apply(t, self, args) { seen.push(args); return Reflect.apply(t, self, args); }, construct(t, args, n) { seen.push(args); return %s; }, get(t, k, r) { seen.push(String(k)); return Reflect.get(t, k, r); } });",
		pick(p, "Reflect.construct(t, args, n)", "Reflect.construct(t, args)", "{ own: args }", "5"))
	p.line("  const r = [f(%s), f.call(%s, 1, 2, 3), [%s, 2].map(f)]; try { r.push(new f(%s)); } catch (e) { r.push(e.name); } return [r, seen, f.length, f.name]; });", p.any(1), p.any(1), p.any(0), p.any(1))
}

func (p *programmer) loopPattern() {
	a, b := p.fresh('n'), p.fresh('n')
	head := pick(p,
		fmt.Sprintf("for (%s { x: %s = %s, ...%s } of [{ x: 1, y: 2 }, {}, { x: null }])", pick(p, "const", "let", "var"), a, p.number(1), b),
		fmt.Sprintf("for (%s [%s, %s = %s] of [[1, 2], [3], 'xy', new Map([[4, 5]]).entries()])", pick(p, "const", "let", "var"), a, b, p.number(1)),
		fmt.Sprintf("for (%s [%s, { length: %s = %s } = []] of Object.entries({ q: [1], 1: undefined, z: 'abc' }))", pick(p, "const", "let"), a, b, p.number(1)),
		fmt.Sprintf("for (let %s = 0, %s = () => %s; %s < 3; %s++)", a, b, a, a, a))
	p.line("log(() => { const later = []; %s { later.push(() => [%s, typeof %s]); if (%s) continue; later.push(%s); } return later.map((f) => typeof f === 'function' ? f() : f); });",
		head, a, b, p.truth(1), p.any(1))
}

func (p *programmer) labelledBlock() {
	p.line("log(() => { const r = []; a: { r.push(1); b: { if (%s) break a; r.push(2); try { if (%s) break b; } finally { r.push('f'); %s } r.push(3); } r.push(4); } c: for (const i of [1, 2, 3]) { switch (i) { case 1: continue c; case %d: break c; default: r.push(i); } r.push('after'); } return r; });",
		p.truth(1), p.truth(1), pick(p, "", "", "if (r.length > 2) break a;"), 2+p.r.IntN(3))
}

func (p *programmer) symbols() {
	x := p.any(1)
	p.line("log(() => { const k = Symbol('k'), o = { [k]: %s, get [Symbol.toStringTag]() { return 'T'; }, [Symbol.toPrimitive](hint) { return hint === 'number' ? %s : hint; }, *[Symbol.iterator]() { yield* [this[k], %s]; }, s: Symbol.for('s') };",
		x, p.number(1), p.any(1))
	p.line("  class Even { static [Symbol.hasInstance](n) { return n %% 2 === 0; } } return [`${o}`, +o, o + '', o < 3, [...o], Object.prototype.toString.call(o), Object.getOwnPropertySymbols(o).length, k.toString(), k.description, Symbol.keyFor(o.s), %s instanceof Even, { ...o }[k], JSON.stringify(o), Reflect.ownKeys(o).length]; });", p.number(1))
}

func (p *programmer) iterator() {
	p.line("log(() => { const r = []; const it = (n) => ({ [Symbol.iterator]() { let i = 0; return { next(v) { r.push(['next', v]); return i++ < n ? { value: i, done: false } : { value: 'end', done: true }; }, return(v) { r.push('return'); return {}; } }; } });")
	p.line("  %s; return r; });", pick(p, "const [a, , b = 7, ...c] = it(5); r.push(a, b, c)", "const [a, b] = it(5); r.push(a, b)", "r.push(Math.max(...it(3), ...it(2)))", "for (const x of it(4)) { if (x === 2) break; }",
		"try { for (const x of it(4)) { throw new TypeError('x'); } } catch (e) { r.push(e.name); }", "r.push(new Set(it(3)).size, Array.from(it(2), (x) => x * 2), Object.fromEntries([...it(2)].map((x) => [x, x])))",
		"const g = (function* () { const v = yield* it(2); yield v; })(); r.push(g.next(1), g.next(2), g."+pick(p, "return(5)", "next(3)")+", g.next())", "[r.x, r.y = 3] = it(1); r.push(r.x, r.y)", "o: for (const x of it(2)) for (const y of it(2)) { r.push([x, y]); continue o; }"))
}

func (p *programmer) template() {
	p.line("log(() => { const t = (s, ...v) => [s, s.raw, v, Object.isFrozen(s), s.raw.join('|')]; const again = () => ((s) => s)`a${1}b`; return [t`x${%s}\\u0041\\n${%s}`, t`\\unicode`, again() === again(), String.raw`a${1}\\b${2}`, `${%s}${`in${%s}`}`, new (class { m(...a) { return [this.q, a[1]]; } q = 1; })().m`p${2}`]; });",
		p.any(1), p.any(1), p.any(1), p.number(1))
}

func (p *programmer) optional() {
	o := pick(p, "null", "undefined", "{ m() { return this?.q; }, q: 5, n: null, d: { e: [1] } }", "'text'", "[1, 2]")
	p.line("log(() => { const o = %s; let c = 0; const r = [o?.m?.(c++), o?.[(c++, 'q')], o?.d?.e?.[0], o?.n?.x.y.z, (o?.m)?.(), delete o?.q, o?.at?.(-1), typeof o?.m, o?.length ?? %s, o?.d.e.map?.((x) => x + 1)?.[0]?.toFixed(1)]; try { r.push((o?.q).x); } catch (e) { r.push(e.name); } try { r.push(o?.x()); } catch (e) { r.push(e.name); } return [r, c]; });", o, p.any(1))
}

func (p *programmer) privates() {
	name := p.fresh('C')
	p.line("class %s { static #count = 0; #a = %s; static #make(x) { %s.#count++; const o = new %s(); o.#a = x; return o; } get #b() { return this.#a; } set #b(v) { this.#a = [v]; } static of(x) { return %s.#make(x); } static get count() { return this.#count; }",
		name, p.any(1), name, name, name)
	p.line("  step() { this.#b ??= 1; this.#b = %s; return this.#b; } static is(o) { try { o.#b; return #a in o; } catch (e) { return e.name; } } f = () => this.#a; 'quoted key' = 1; [`c${1}`] = %s; static { this.first = %s.of(0); } }",
		p.any(1), p.any(1), name)
	p.line("log(() => { const o = %s.of(%s); return [o.f(), o.step(), o.step(), %s.is(o), %s.is({}), %s.count, Object.keys(o), %s.first.f(), (class extends %s { g() { return super.f, this.f(); } }).of(2) instanceof %s]; });", name, p.any(1), name, name, name, name, name, name)
}

func (p *programmer) lexicalSwitch() {
	n := p.number(1)
	// esbuild, and the rewriter where there is eval, change what is there before its declaration.
	seen, early := "() => [u, w]", "h()"
	if p.lowered {
		early = "1"
	} else if p.chance(2) {
		seen = "() => eval('[u, w]')"
	}
	p.line("log(() => { const r = []; for (let i = 0; i < 4; i++) switch (i %% 3) { case 0: let u = i, w; r.push(%s); r.push(%s); break; case 1: const v = %s; r.push(() => v); case 2: class K { m() { return i; } } r.push(() => new K().m()); function h() { return typeof r; } }", seen, early, n)
	p.line("  return r.map((f) => typeof f === 'function' ? f() : f); });")
}

func (p *programmer) json() {
	p.line("log(() => { const o = { b: %s, a: [%s, undefined, () => 1, NaN, -0, new Date(%d), { toJSON(k) { return 'j' + k; } }], n: null, u: undefined, 2: 'x', s: 'a\\u2028\\ud800\"\\n' };", p.any(1), p.any(1), p.r.Int64N(4e12))
	p.line("  try { const t = JSON.stringify(o, %s, %s); return [t, JSON.parse(t, %s)]; } catch (e) { return e.name; } });", pick(p, "null", "['b', 'a', 2]", "(k, v) => typeof v === 'number' ? v + 1 : v", "function (k, v) { return k === 'n' ? Object.keys(this) : v; }"),
		pick(p, "undefined", "2", "'--'", "20"), pick(p, "undefined", "(k, v) => k === '1' ? undefined : v", "function (k, v) { return Array.isArray(this) ? [k, v] : v; }"))
}

func (p *programmer) expression() {
	text := pick(p, "'2026-11-29 and 1999-01-02'", "'a1b22c333 ABC'", "'éa1 😀b22\\n$5.10'", "'aaa\\nbbb\\nab'", p.text(1))
	re := pick(p, `/(?<y>\d+)-(?<m>\d+)/g`, `/(?<=[a-z])\d+/g`, `/(?<!\d)\d/g`, `/(?<n>[a-z])(?<d>\d*)/giu`, `/^(a+)?(b)*/gm`, `/(?:a|(b)|c)/g`, `/\b\w+\b/gu`, `/(.)\1/su`, `/[^\s\d]+?(?=\d|$)/g`, `/\p{Lu}|\p{L}(?<x>\d)/gu`, `/a{1,2}?|$/y`, `/(?<a>.)(?<b>.)?/s`)
	p.line("log(() => { const s = String(%s), re = %s; const m = re.exec(s); const r = [m && [...m], m?.index, m?.groups && { ...m.groups }, re.lastIndex, re.flags, %t && re.source]; re.lastIndex = 0; return [r, s.replace(re, %s), s.split(re), re.test(s), s.search(re), s.match(re)?.length, re.global && [...s.matchAll(re)].map((x) => [x.index, x[0], x.at(-1)])]; });",
		text, re, !strings.Contains(re, `\p`), pick(p, "'[$&|$1|$<y>|$`|$$]'", "(...a) => a.slice(0, -1).filter((x) => typeof x !== 'object').join('/')", "'$2$1$3'"))
}

func (p *programmer) bigArithmetic() {
	a := fmt.Sprintf("%dn", p.r.Int64()-4e18)
	b := fmt.Sprintf("%dn", p.r.Int64N(1e6)-5e5)
	p.line("log(() => { const a = %s, b = %s; const r = []; for (const f of [() => a %s b, () => a ** (b %% 5n), () => -a >> (b %% 70n), () => BigInt.asUintN(%d, a), () => BigInt.asIntN(%d, a * b), () => a.toString(%d), () => a > %s, () => a == %s, () => typeof (a & b), () => BigInt(%s), () => [a, b, 0n].sort((x, y) => (x < y ? -1 : 1)), () => a + 1, () => `${b}` + b, () => b++, () => ~a ^ b, () => BigInt(String(b)) === b]) try { r.push(f()); } catch (e) { r.push(e.name); } return r; });",
		a, strings.Replace(b, "const", "let", 1), pick(p, "+", "-", "*", "/", "%", "|", "^"), p.r.IntN(80), p.r.IntN(80), 2+p.r.IntN(35), p.number(1), p.number(1), pick(p, p.number(0), "'0x1f'", "' 12 '", "'1.5'", "true", "1.5"))
}

func (p *programmer) typed() {
	kind := pick(p, "Uint8Array", "Int8Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "Uint8ClampedArray")
	p.line("log(() => { const t = new %s([%s %% 1e9, -1, 300, 2.5, NaN]); const u = t.subarray(1, 4); u[0] = %s %% 1e9; u.set([7], 1); const d = new DataView(t.buffer); const r = [t, [...u], t.map((x) => x * 2), t.slice(-2), t.indexOf(7), t.includes(NaN), t.toSorted(), t.with(0, 9), t.at(-1), t.toReversed().join(), u.byteOffset, t.byteLength, (t[0] ||= 1, d.getUint8(0))];",
		kind, p.number(1), p.number(1))
	p.line("  d.setInt16(0, %s %% 1e9, %s); t[9] = 1; t.copyWithin(2, 0, 1); r.push([...t], d.getFloat32(0, true) > 0, new %s(t.buffer, 0, 1).length, Object.keys(u), 9 in t, t.findLast((x) => x > 0), t.reduce((x, y) => x + (y || 0), 0), new BigInt64Array([%dn, -1n]).map((x) => x >> 1n)); return r; });",
		p.number(1), pick(p, "true", "false"), pick(p, "Uint8Array", "Int8Array"), p.r.Int64N(1e15))
}

func (p *programmer) descriptor() {
	p.line("log(() => { const o = Object.defineProperties({ z: 1 }, { a: { value: %s, enumerable: %s }, b: { get() { return this.z; }, configurable: %s, enumerable: true } }); const r = []; const t = (f) => { try { r.push(f()); } catch (e) { r.push(e.name); } };",
		p.any(1), pick(p, "true", "false"), pick(p, "true", "false"))
	p.line("  t(() => { o.a = 2; return o.a; }); t(() => delete o.a); t(() => delete o.b); t(() => { 'use strict'; o.a = 3; }); t(() => { 'use strict'; delete o.a; }); t(() => Reflect.set(o, 'b', 1)); t(() => Object.defineProperty(o, 'a', { value: %s })); Object.%s(o); t(() => { o.n = 1; return o.n; }); t(() => { o.z = 5; return o.z; }); t(() => Object.getOwnPropertyDescriptors(o)); t(() => [Object.isFrozen(o), Object.isSealed(o), Object.entries(o)]);",
		p.any(0), pick(p, "freeze", "seal", "preventExtensions"))
	p.line("  const c = Object.create(o, { own: { value: 1 } }); t(() => { c.z = 6; return [c.z, Object.hasOwn(c, 'z')]; }); for (const k in c) r.push(k); t(() => Object.setPrototypeOf(o, null)); return r; });")
}

// again has a var with the name of a parameter, and defaults that mention others.
func (p *programmer) again() {
	a, b, c := p.fresh('n'), p.fresh('n'), p.fresh('n')
	list := pick(p, fmt.Sprintf("{ x: %s = %s } = {}, %s, %s = () => %s", a, p.number(1), b, c, a), fmt.Sprintf("%s = () => %s, %s = %s, %s", a, b, b, p.number(1), c),
		fmt.Sprintf("[%s, %s = 2] = [], ...%s", a, b, c), fmt.Sprintf("%s, %s = %s, { length: %s } = 'ab'", a, b, a, c), fmt.Sprintf("%s = eval('1 + 1'), %s = %s, %s = () => [%s, %s]", a, b, a, c, a, b))
	before, after := pick(p, "function ", "function named ", "("), ""
	if before == "(" {
		before, after = "", "=>"
	}
	p.line("log(() => { const f = %s(%s) %s { %s return [typeof %s, typeof %s === 'function' ? 'f' : %s, typeof %s, (() => %s)() === %s]; }; const call = (...x) => { try { return f(...x); } catch (e) { return e.name; } }; return [call(), call(undefined, 5), call('ab', 6, [7]), call([8], 9, { length: 3 }, 4), f.length]; });",
		before, list, after, pick(p, "", "var "+a+";", "if (false) { var "+b+" = 1; }", "var { z: "+c+" = 3 } = {};", "eval('"+b+" = 5');", "log(() => eval('[typeof "+a+", typeof "+c+"]'));"),
		a, a, a, b, b, b)
}

func (p *programmer) conversion() {
	p.line("log(() => { const r = []; for (const x of [%s, %s, null, undefined, '', ' ', '0x1f', '1e3', [], [5], {}, { valueOf() { return 3; } }, { toString() { return '4'; } }, new Date(5), true, 10n, '-', '+5', '.5', 'Infinity']) for (const f of [Number, String, Boolean, (y) => y + 1, (y) => -y, (y) => [y] + '', (y) => y == 3, (y) => y < 5, (y) => typeof Object(y), (y) => parseFloat(y), (y) => Number.isSafeInteger(y)]) try { r.push(f(x)); } catch (e) { r.push(e.name); } return r.join(); });", p.number(1), p.text(1))
}

func (p *programmer) errors() {
	p.line("log(() => { class E extends %s { constructor(m, o) { super(m, o); this.extra = %s; } get name() { return 'E'; } } const r = []; try { try { throw new E('m', { cause: %s }); } catch (e) { r.push(e instanceof E, e instanceof Error, e instanceof E && e.message, e.cause, e.extra, Object.keys(e), e instanceof E && String(e), Object.prototype.toString.call(e)); throw new AggregateError([e, 1], 'all'); } finally { r.push('finally'); } } catch ({ errors, message, name }) { r.push(errors?.length, errors && message, name); } return r; });",
		pick(p, "Error", "TypeError", "RangeError", "class extends Error {}"), p.any(1), p.any(1))
}

// evaluateHere lets eval see what is around the place.
func (p *programmer) evaluateHere() {
	var names []string
	for _, kind := range []byte{'n', 's', 'a', 'n', 'a'} {
		if name := p.known(kind); name != "" {
			names = append(names, name)
		}
	}
	list := strings.Join(names, ", ")
	p.line("log(() => eval('[%s]'));", list)
	p.line("log(%s);", pick(p, "function () { var l = 1; return eval('[l, "+list+"]'); }", "(q = eval('["+list+"]')) => q", "() => { const c = class { f = eval('["+list+"]'); g = () => 1; }; return new c().f; }",
		"({ z = 3 } = {}, ...y) => { return (() => eval('[z, y, "+list+"]'))(); }", "() => [...(function* (d = 2) { yield eval('[d, "+list+"]'); })()]"))
}

func (p *programmer) delegate() {
	p.line("log(() => { const r = []; function* a() { try { const x = yield 1; r.push(['a', x]); yield* [2, 3]; return %s; } catch (e) { r.push(['caught', e?.name ?? e]); yield 'c'; } finally { r.push('fa'); %s } } function* b(d = %s) { const v = yield* a(); yield [v, d]; } const g = b(); r.push(g.next('lost'), g.%s('x'), g.next(), g.%s('y'), g.next(), g.next()); return r; });",
		p.any(1), pick(p, "", "yield 'last';", "return 'over';"), p.any(1), pick(p, "next", "throw", "return"), pick(p, "next", "return"))
}

func (p *programmer) date() {
	p.line("log(() => { const d = new Date(%d); d.%s; const e = new Date(Date.UTC(%d, %s, 1)); return [d.getTime(), d.toJSON(), d.getUTCDay(), String(d.getTimezoneOffset()), e.toISOString?.(), Date.parse(%s), d < e, d - e, new Date(NaN).getTime(), typeof (d + 1), new Date(d).toUTCString(), Number(new Date(2020, 1, 30, 25))]; });",
		p.r.Int64N(4e12), pick(p, "setUTCDate(0)", "setUTCMonth(-1, 31)", "setUTCMinutes(61, 61, 1001)", "setTime(5)", "setUTCFullYear(2000, 1, 29)", "setUTCSeconds(NaN)"), 1+p.r.IntN(3000), pick(p, "0", "13", "-1"),
		pick(p, "'2026-11-29'", "'2026-11-29T10:00'", "'2026-11-29T10:00:00.5Z'", "'Sun, 29 Nov 2026 10:00:00 GMT'", "'2026-13-01'", "'29 Nov 2026'", "'Nov 29, 2026 10:00 GMT+0200'", "'2026'"))
}

// asyncGenerator says in the end what it saw: esbuild's generators take other numbers of
// jobs than V8's.
func (p *programmer) asyncGenerator() {
	name := p.fresh('g')
	p.line("{ const seen = []; async function* %s(%s) { try { const x = yield %s; yield Promise.resolve([x, 2]); for await (const y of [Promise.resolve(3), %s]) yield y; yield* (async function* () { yield 4; return 5; })(); %s } finally { seen.push('closed'); } }",
		name, pick(p, "a = 1", "", "...r"), p.any(1), p.number(1), pick(p, "return 6;", "throw new RangeError('r');", "await Promise.reject(new TypeError('t'));"))
	p.line("(async () => { const it = %s(); seen.push(await it.next('lost')); seen.push(await it.next('x')); seen.push(await it.%s('z').catch((e) => e.name ?? e)); seen.push(await it.next()); for await (const v of %s()) { seen.push(v); if (%s) break; } })().catch((e) => seen.push('failed', e.name)); setTimeout(() => log(seen), 5); }",
		name, pick(p, "next", "return", "throw"), name, p.truth(1))
}

func (p *programmer) awaitLoop() {
	p.line("{ const seen = []; (async () => { for await (const { a = %s, ...r } of [{ a: 1, b: 2 }, Promise.resolve({ c: 3 }), {}]) { if (%s) continue; seen.push([a, r]); } for (const x of [1, 2]) for await (const y of [x]) seen.push(y); })().catch((e) => seen.push(e.name)); setTimeout(() => log(seen), 5); }", p.number(1), p.truth(1))
}
