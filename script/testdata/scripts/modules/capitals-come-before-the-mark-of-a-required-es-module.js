// A name in capitals is sorted before __esModule.
'use strict';
const made = require('./parts/capital.mjs');
console.log(made, Object.keys(made), made.__esModule, Object.isSealed(made));
console.log(Object.getOwnPropertyDescriptor(made, '__esModule'));
import('./parts/capital.mjs').then((space) => console.log(Object.keys(space), space.Client === made.Client));
