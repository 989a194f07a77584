// Copyright 2026 The duplex authors. MIT license.

for (const r of [/a*/g, /a*(?=)/g, /(?=)a*/g, /a*?/g, /\s*/g, /\s*(?:(?=))/g, /a*/y, /a*/gu, /a*(?=)/gu, /b|$/g, /^|a/g, /(?:)|a/g]) { const s = 'baaac';
console.log(r, s.replace(r, '-'), s.match(r), r.test('b') , (r.lastIndex = 0), [...s.matchAll(new RegExp(r, 'g'))].length, s.split(r), s.replace(r, (...m) => `<${m[0]}>`), s.replaceAll(new RegExp(r, 'g'), '_')); r.lastIndex = 0; const o = []; let m, k = 0; while ((m = r.exec(s)) && k++ < 9) { o.push(m.index + ':' + m[0]); if (m[0] === '') r.lastIndex++; } console.log(o.join()); }
console.log('caf\u00e9 ab'.replace(/b*/g, '-'), 'ab'.replace(new RegExp('x*', 'g'), '-'), /(?:a|b*)c?/g[Symbol.replace]('ab', '-'), Object.keys(/a*/g), /a*/g.exec('b'));
