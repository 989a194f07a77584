// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { PassThrough, Readable } = require('stream');
const { pipeline } = require('stream/promises');

const run = (signal) => pipeline(Readable.from(['a']), new PassThrough(), { signal })
  .catch((error) => console.log(error.name, error.code, error.message, String(error.cause)));

(async () => {
  const now = new AbortController();
  now.abort(new Error('early'));
  await run(now.signal);
  for (const reason of [undefined, 'why']) {
    const later = new AbortController();
    const done = run(later.signal);
    later.abort(reason);
    await done;
  }
})();
