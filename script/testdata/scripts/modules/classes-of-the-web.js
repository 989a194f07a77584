// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const name of ['MessageChannel', 'MessagePort', 'MessageEvent', 'BroadcastChannel',
  'PerformanceEntry', 'PerformanceMark', 'PerformanceObserver', 'PerformanceResourceTiming', 'Intl']) {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  console.log(name, typeof globalThis[name], descriptor.enumerable);
}
