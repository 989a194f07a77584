// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');
const { arrayBuffer, blob, buffer, json, text } = require('stream/consumers');

const of = (...pieces) => Readable.from(pieces);
(async () => {
  console.log(await text(of(Buffer.from([0xe2, 0x82]), Buffer.from([0xac]), '!')));
  console.log(await json(of('{"a":', '[1]}')), await buffer(of('ab', Buffer.from('c'))));
  const bytes = await arrayBuffer(of(Buffer.from('four')));
  console.log(bytes instanceof ArrayBuffer, bytes.byteLength, await (await blob(of('a', 'b'))).text());
  await json(of('{')).catch((error) => console.log(error.name));
  await text(new Readable({ read() { this.destroy(new Error('broken')); } })).catch((error) => console.log(error.message));
})();
