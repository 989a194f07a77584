// Copyright 2026 The duplex authors. MIT license.

const path = require('path');
const samples = ['', '/', '//', 'a', './a', '../a', '/a/../..', 'a//b/./c/', '/x.tar.gz', '.rc', 'a.', 'C:', 'C:\\', 'C:a\\..', 'c:/a/./b', '\\\\srv\\share\\d', '//srv/share', '\\a', 'a\\b', '\\\\?\\C:\\x', 'x/..', '/a/b/c.js'];
for (const kind of ['posix', 'win32']) {
  const p = path[kind];
  for (const s of samples) {
    console.log(kind, JSON.stringify([s, p.normalize(s), p.dirname(s), p.basename(s), p.basename(s, '.gz'), p.extname(s), p.isAbsolute(s), p.parse(s), p.format(p.parse(s)), p.join(s, '..', 'q'), p.resolve('/r', s, 'z') ]));
    for (const t of samples) console.log(JSON.stringify([s, t, p.join(s, t), p.resolve('C:/r', '/r', s, t), p.relative('/r/' + s, '/r/' + t)]));
  }
}
for (const f of [() => path.join(1), () => path.resolve({}), () => path.basename('a', 1), () => path.format(null), () => path.relative('a')]) {
  try { console.log(f()); } catch (e) { console.log(e.code, e.message); }
}
console.log(path === path.posix, path.sep, path.delimiter, path.win32.sep, require('path/posix') === path.posix, path.format({ name: 'a', ext: 'b', dir: 'd' }));
