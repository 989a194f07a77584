// Copyright 2026 The duplex authors. MIT license.

'use strict';

async function all(stream) {
  const found = [];
  for await (const one of stream) found.push(one);
  return found;
}
(async () => {
  const doubled = ReadableStream.from([1, 2, 3]).pipeThrough(new TransformStream({
    start: (controller) => controller.enqueue('begins'),
    transform(chunk, controller) {
      controller.enqueue(chunk);
      controller.enqueue(chunk * 10);
    },
    flush: (controller) => controller.enqueue('ends'),
  }));
  console.log(await all(doubled));
  console.log(await all(ReadableStream.from(['as', 'they', 'are']).pipeThrough(new TransformStream())));
  console.log((await all(ReadableStream.from(['a', '\ud83d', '\ude00', '\ud83d']).pipeThrough(new TextEncoderStream()))).map((one) => Buffer.from(one).toString('hex')));
  console.log(await all(ReadableStream.from([Uint8Array.of(0xe2), Uint8Array.of(0x82, 0xac, 0x61)]).pipeThrough(new TextDecoderStream())));

  await all(ReadableStream.from([1]).pipeThrough(new TransformStream({ transform() { throw new Error('cannot'); } }))).catch((error) => console.log(error.message));
  await all(ReadableStream.from([1]).pipeThrough(new TransformStream({ flush() { throw new Error('at the end'); } }))).catch((error) => console.log(error.message));
  console.log(await all(ReadableStream.from([1, 2, 3]).pipeThrough(new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      if (chunk === 2) controller.terminate();
    },
  }))));

  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  console.log(writer.desiredSize);
  const written = writer.write('x').then(() => console.log('written'));
  await new Promise(setImmediate);
  console.log('is read', (await readable.getReader().read()).value);
  await written;

  const stopped = new TransformStream({ cancel: (reason) => console.log('cancel', reason) });
  await stopped.readable.cancel('why');
  await stopped.writable.getWriter().closed.catch((reason) => console.log('closed', reason));
  const aborted = new TransformStream();
  await aborted.writable.abort('because');
  await aborted.readable.getReader().read().catch((reason) => console.log('read', reason));
})();
