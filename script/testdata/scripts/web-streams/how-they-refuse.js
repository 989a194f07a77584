// Copyright 2026 The duplex authors. MIT license.

'use strict';


const web = require('stream/web');
const { ReadableStream, WritableStream, TransformStream, CountQueuingStrategy } = web;

const controllerOf = () => {
  let found;
  new ReadableStream({ start: (controller) => { found = controller; } });
  return found;
};
const tries = [
  () => new web.ReadableStreamDefaultController(), () => new web.WritableStreamDefaultController(), () => new web.TransformStreamDefaultController(),
  () => new web.ReadableByteStreamController(), () => new web.ReadableStreamBYOBRequest(),
  () => new ReadableStream({ type: 'x' }), () => new ReadableStream(5), () => new ReadableStream(null), () => new ReadableStream({ start: 5 }),
  () => new web.ReadableStreamDefaultReader(5), () => new WritableStream({ type: 'b' }), () => new CountQueuingStrategy(), () => new CountQueuingStrategy({}),
  () => new ReadableStream({}, { highWaterMark: -1 }), () => new ReadableStream({}, { size: 5 }), () => new ReadableStream().getReader({ mode: 'byob' }),
  () => new ReadableStream().getReader({ mode: 'x' }), () => new ReadableStream().pipeThrough({}), () => ReadableStream.prototype.getReader.call({}),
  () => ReadableStream.from(5), () => new TransformStream({ readableType: 'bytes' }), () => new ReadableStream({ type: 'bytes' }, { size() {} }),
  () => new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 0 }), () => new TransformStream(5),
  () => {
    const controller = controllerOf();
    controller.close();
    controller.close();
  },
  () => {
    const controller = controllerOf();
    controller.close();
    controller.enqueue(1);
  },
  () => {
    const stream = new ReadableStream();
    stream.getReader();
    stream.getReader();
  },
  () => {
    const stream = new WritableStream();
    stream.getWriter();
    stream.getWriter();
  },
];
for (const attempt of tries) {
  try {
    console.log(attempt());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}

const told = (promise) => promise.then((value) => console.log('well', value), (error) => console.log(error?.name, error?.code, error?.message));
(async () => {
  const stream = new ReadableStream();
  const reader = stream.getReader();
  const read = reader.read();
  await told(stream.cancel());
  await told(stream.pipeTo(new WritableStream()));
  reader.releaseLock();
  for (const promise of [read, reader.read(), reader.closed, reader.cancel(), stream.cancel('x'), stream.pipeTo(5)]) await told(promise);
  const sink = new WritableStream();
  const writer = sink.getWriter();
  await told(sink.close());
  await told(sink.abort());
  writer.releaseLock();
  for (const promise of [writer.write(1), writer.ready, writer.closed, sink.close(), sink.close(), sink.getWriter().closed]) await told(promise);
  try {
    writer.desiredSize;
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
})();
