// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { PassThrough } = require('stream');

const through = new PassThrough();
through.setEncoding('utf8');
through.on('data', (text) => console.log(typeof text, JSON.stringify(text)));
const bytes = Buffer.from('€uro');
through.write(bytes.subarray(0, 1));
through.write(bytes.subarray(1, 4));
through.end(bytes.subarray(4));
