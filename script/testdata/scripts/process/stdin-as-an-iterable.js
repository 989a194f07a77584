// Copyright 2026 The duplex authors. MIT license.
// Input: "all of\nit"

'use strict';

(async () => {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  console.log(String(Buffer.concat(pieces)));
})();
