// Copyright 2026 The duplex authors. MIT license.

'use strict';

const show = ({ value, done }) => console.log(done, value);
(async () => {
  let n = 0;
  const counting = () => new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (n === 3) controller.close();
      else controller.enqueue(Uint8Array.of(++n, n * 2, n * 3));
      if (n === 3) controller.byobRequest?.respond(0);
    },
  });
  const plain = counting().getReader();
  for (let i = 0; i < 4; i++) show(await plain.read());

  n = 0;
  const own = counting().getReader({ mode: 'byob' });
  show(await own.read(new Uint8Array(2)));
  show(await own.read(new Uint8Array(4)));
  show(await own.read(new Uint16Array(2)));

  const asked = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const { view } = controller.byobRequest;
      view[0] = 7;
      view[1] = 8;
      controller.byobRequest.respond(2);
      console.log(controller.byobRequest, controller.desiredSize);
    },
  });
  const reader = asked.getReader({ mode: 'byob' });
  show(await reader.read(new Uint8Array(5)));
  show(await reader.read(new Uint8Array(5), { min: 4 }));
  reader.releaseLock();

  const allocated = new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: 4,
    pull(controller) {
      controller.byobRequest.view.fill(9);
      controller.byobRequest.respond(3);
    },
  });
  show(await allocated.getReader().read());

  const broken = new ReadableStream({ type: 'bytes', pull: (controller) => controller.error(new Error('of bytes')) });
  await broken.getReader({ mode: 'byob' }).read(new Uint8Array(1)).catch((error) => console.log(error.message));
  const wrong = new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' });
  for (const view of [5, new Uint8Array(0)]) await wrong.read(view).catch((error) => console.log(error.name, error.code, error.message));
  const waits = wrong.read(new Uint8Array(1));
  await wrong.cancel();
  show(await waits);

  const blob = new Blob(['some text']);
  for await (const piece of blob.stream()) console.log(Buffer.from(piece).toString());
})();
