// Copyright 2026 The duplex authors. MIT license.

'use strict';

// The engine lacks async generators, so this file is rewritten before it runs; what
// its errors say, and where, is told of the file as it stands here.
async function* one() {
  yield 1;
}

const place = (error) => /([^/\\ ]+:\d+:\d+)\)?$/.exec(error.stack.split('\n')[1])[1];

(async () => {
  for await (const value of one()) {
    try {
      null.x;
    } catch (error) {
      console.log(value, error.message, place(error));
    }
  }
  try {
    let nothing;
    nothing.b.c;
  } catch (error) {
    console.log(error.message, place(error));
  }
})();
