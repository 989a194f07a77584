// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable, Writable, Duplex, PassThrough } = require('stream');
const { text } = require('stream/consumers');
const later = () => new Promise(setImmediate);

(async () => {
  for await (const one of Readable.toWeb(Readable.from(['a', { b: 1 }]))) console.log(one);
  for await (const one of Readable.toWeb(new Readable({ read() { this.push(Buffer.from('bytes')); this.push(null); } }))) console.log(one);
  for await (const one of Readable.fromWeb(ReadableStream.from(['x', 'y']), { encoding: 'utf8' })) console.log(one);
  console.log(await text(ReadableStream.from(['of ', 'the web'])));

  const got = [];
  const writer = Writable.toWeb(new Writable({ write(chunk, encoding, callback) { got.push(String(chunk)); setImmediate(callback); } })).getWriter();
  await writer.write('one');
  await writer.write(new Uint8Array([116, 119, 111]));
  await writer.close();
  console.log(got);

  const chunks = [];
  const into = Writable.fromWeb(new WritableStream({ write: (chunk) => { chunks.push(Buffer.from(chunk).toString()); }, close: () => console.log('closed') }));
  into.write('a');
  into.end('b');
  await new Promise((resolve) => into.on('finish', resolve));
  console.log(chunks);

  const { readable, writable } = Duplex.toWeb(new PassThrough());
  const other = writable.getWriter();
  other.write(Buffer.from('through'));
  console.log(Buffer.from((await readable.getReader().read()).value).toString());

  const duplex = Duplex.fromWeb(new TransformStream({ transform: (chunk, controller) => controller.enqueue(Buffer.from(chunk).toString().toUpperCase()) }), { encoding: 'utf8' });
  duplex.end('upper');
  for await (const one of duplex) console.log(one);

  const failing = Readable.toWeb(new Readable({ read() { this.destroy(new Error('broken')); } }));
  await failing.getReader().read().catch((error) => console.log(error.message));
  const source = new Readable({ read() {} });
  source.on('close', () => console.log('source closed'));
  await Readable.toWeb(source).cancel(new Error('enough'));
  await later();
  const failed = Readable.fromWeb(new ReadableStream({ pull: (controller) => controller.error(new Error('of the web')) }));
  failed.on('error', (error) => console.log(error.message)).resume();
  await later();
  for (const f of [() => Readable.toWeb(5), () => Readable.fromWeb(5), () => Writable.toWeb(5), () => Writable.fromWeb(5), () => Duplex.fromWeb({})]) {
    try {
      f();
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
  }
})();
