// Copyright 2026 The duplex authors. MIT license.

'use strict';

let rang = 0;
const timer = setTimeout(() => console.log('rang', ++rang), 60);
setTimeout(() => timer.refresh(), 30);
setTimeout(() => console.log('not yet', rang), 75);
setTimeout(() => {
  console.log('by now', rang);
  if (rang === 1) timer.refresh();
}, 400);
