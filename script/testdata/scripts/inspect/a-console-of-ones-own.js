// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Console } = require('console');
const { PassThrough } = require('stream');

const out = new PassThrough();
const err = new PassThrough();
const own = new Console({ stdout: out, stderr: err, inspectOptions: { depth: 0 } });
own.log('to out', { a: { b: 1 } });
own.error('to err');
console.log(String(out.read()), String(err.read()), own instanceof Console);
