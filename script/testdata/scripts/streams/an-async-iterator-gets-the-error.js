// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

(async () => {
  let n = 0;
  const source = new Readable({
    read() {
      if (n++ < 2) this.push(String(n));
      else this.destroy(new Error('broken'));
    },
  });
  try {
    for await (const chunk of source) console.log(String(chunk));
  } catch (e) {
    console.log('caught', e.message, source.destroyed);
  }
})();
