// Copyright 2026 The duplex authors. MIT license.

'use strict';

const path = require('path');

console.log(path.join('/a', '..', 'b', './c', ''), path.join(), path.normalize('/a//b/../c/.'), path.resolve('/a', 'b', '/c', '../d'));
console.log(path.basename('/a/b.txt'), path.basename('/a/b.txt', '.txt'), path.extname('a.b.c'), path.extname('.hidden'), path.dirname('/a/b/c'), path.dirname('x'));
console.log(path.parse('/home/user/file.txt'), path.format({ dir: '/x', name: 'y', ext: '.z' }), path.relative('/a/b/c', '/a/d'), path.isAbsolute('a'));
console.log(path.sep, path.delimiter, path.posix === path, path.win32.join('a', '..\\b', 'c'), path.win32.basename('C:\\x\\y.txt'), path.win32.parse('C:\\x\\y.z').root);
try {
  path.join(5);
} catch (e) {
  console.log(e.code, e.message);
}
