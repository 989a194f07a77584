// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(['line one\nline two', 'tab\t', '\u0000', '\x7f', '\ud800', '😀', 'it\'s']);
console.log({ text: 'a long text that goes on\nover several lines\nand then some more of it, to be long\n' });
console.log(['a'.repeat(100)], 'plain\ntext');
