// Copyright 2026 The duplex authors. MIT license.

'use strict';

const timer = setTimeout(() => console.log('never'), 10);
clearTimeout(+timer);
clearTimeout(String(+setTimeout(() => console.log('never either'), 10)));
clearTimeout();
clearTimeout(null);
clearTimeout(12345678);
clearInterval({});
setTimeout(() => console.log('done'), 30);
