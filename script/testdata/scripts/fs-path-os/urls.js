// Copyright 2026 The duplex authors. MIT license.

'use strict';

const url = require('url');

const u = new URL('https://user:pa%20ss@example.org:8080/a/b?x=1&y=2&x=3#frag');
console.log(u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash);
console.log(u.searchParams.getAll('x'), [...u.searchParams.keys()], new URLSearchParams({ a: 'b c', d: 'é' }).toString());
console.log(new URL('../c', 'http://h/a/b/d').href, url.fileURLToPath('file:///a/b'), url.pathToFileURL('/a b').href);
u.port = 443;
u.searchParams.append('z', '&');
console.log(u.href, String(u), JSON.stringify(u));
try {
  new URL('nonsense');
} catch (e) {
  console.log(e.name, e.code, e.message, e.input);
}
console.log(url.parse('http://h:80/p?q=1').pathname, require('querystring').parse('a=1&b=2&a=3'), require('querystring').stringify({ a: [1, 2], b: 'x y' }));
