// Copyright 2026 The duplex authors. MIT license.

'use strict';

const zlib = require('zlib');

const packed = Buffer.from('H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==', 'base64');
console.log(zlib.unzipSync(Buffer.from('eJzLSM3JyVcozy/KSQEAGgsEXQ==', 'base64')).toString(),
  zlib.inflateRawSync(Buffer.from('y0jNyclXKM8vykkBAA==', 'base64')).toString());
for (const wrong of [() => zlib.gunzipSync('no'), () => zlib.inflateSync(Buffer.from('eJzLSM', 'base64'))]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.name, error.code, error.errno, error.message);
  }
}
console.log(packed.length, typeof zlib.createInflate()._handle.constructor, zlib.createGzip() instanceof zlib.Gzip);
