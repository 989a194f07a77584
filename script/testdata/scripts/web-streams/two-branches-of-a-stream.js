// Copyright 2026 The duplex authors. MIT license.

'use strict';

(async () => {
  const [a, b] = ReadableStream.from([1, 2, 3]).tee();
  const one = a.getReader();
  for (let i = 0; i < 4; i++) console.log(await one.read());
  const two = b.getReader();
  console.log(await two.read());
  console.log(await two.cancel('enough'), await two.read());

  const stream = new ReadableStream({ pull: (controller) => controller.enqueue('x'), cancel: (reason) => console.log('cancel', reason) });
  const [c, d] = stream.tee();
  console.log(stream.locked);
  const first = c.cancel('first');
  await d.cancel('second');
  await first;

  const [e, f] = new ReadableStream({ start: (controller) => controller.error(new Error('both')) }).tee();
  for (const branch of [e, f]) await branch.getReader().read().catch((error) => console.log(error.message));
})();
