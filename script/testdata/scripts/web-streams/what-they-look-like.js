// Copyright 2026 The duplex authors. MIT license.

'use strict';

const web = require('stream/web');

for (const name of Object.keys(web)) {
  const { prototype } = web[name];
  console.log(name, web[name] === globalThis[name], web[name].length, Object.keys(prototype).sort().join(), prototype[Symbol.toStringTag] || '');
}
const stream = new web.ReadableStream();
console.log(stream, stream.getReader(), new web.WritableStream(), new web.WritableStream().getWriter(), new web.TransformStream());
console.log(new web.CountQueuingStrategy({ highWaterMark: 1 }), new web.ByteLengthQueuingStrategy({ highWaterMark: 2 }).size(Buffer.alloc(3)));
console.log(new web.TextEncoderStream(), new web.TextDecoderStream());
new web.ReadableStream({ type: 'bytes', start: (controller) => console.log(controller, controller.byobRequest, controller.desiredSize) });
new web.ReadableStream({ start: (controller) => console.log(controller, controller.desiredSize) });
new web.WritableStream({ start: (controller) => console.log(controller, controller.signal) });
console.log(new web.ReadableStream({ type: 'bytes' }));
console.log(require('stream/web') === web, Object.prototype.toString.call(stream));
