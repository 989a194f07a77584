// Copyright 2026 The duplex authors. MIT license.

'use strict';

// What has Error.prototype above it looks like an error, however it was made.
const util = require('util');

const show = (value) => console.log(util.inspect(value).replace(/\n +at .*/g, '\n    at …').replace(/(\n    at …)+/g, '$1'));

function Plain(message) {
  this.message = message;
}
util.inherits(Plain, Error);
function Traced(message) {
  Error.captureStackTrace(this);
  this.message = message;
}
util.inherits(Traced, Error);

show(Object.create(Error.prototype));
show(Object.create(TypeError.prototype));
show(new Plain('old'));
show([new Plain('old')]);
show(new Traced('old'));
show(Object.assign(Object.create(Error.prototype), { stack: 'Own: text\n    at place', more: 1 }));
show(new DOMException('text', 'AbortError'));
show(new DOMException('text'));
show(Object.assign(new DOMException('text', 'NotFoundError'), { more: 1 }));
show({ reason: new DOMException('', 'AbortError') });
show(Object.setPrototypeOf({ a: 1 }, new Error('above')));
show(Object.setPrototypeOf([1], Error.prototype));
