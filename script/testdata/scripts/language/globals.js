// Copyright 2026 The duplex authors. MIT license.

'use strict';

const names = [
  'AbortController', 'AbortSignal', 'Blob', 'Buffer', 'DOMException', 'Event', 'EventTarget', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'WeakRef',
  'atob', 'btoa', 'clearImmediate', 'clearInterval', 'clearTimeout', 'console', 'global', 'globalThis', 'performance', 'process', 'queueMicrotask',
  'setImmediate', 'setInterval', 'setTimeout', 'structuredClone', 'FinalizationRegistry',
];
for (const name of names) console.log(name, typeof globalThis[name]);
console.log(Object.prototype.toString.call(globalThis), Object.prototype.toString.call(process), typeof require, typeof window);
