// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { PassThrough, finished } = require('stream');

const through = new PassThrough();
const before = through.eventNames().length;
const forget = finished(through, () => console.log('never'));
console.log(through.eventNames().length > before);
forget();
console.log(through.eventNames().length === before);
finished(through, { readable: false }, (e) => console.log('the writable side is finished', e));
through.end();
