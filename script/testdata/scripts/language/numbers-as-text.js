// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log((1234.5678).toFixed(2), (0.000001234).toString(), (1e21).toString(), (255).toString(16), (0.1 + 0.2), 1e-7, 123456789012345680000, -1e-7);
console.log((1234.5).toExponential(2), (1234.5).toPrecision(3), Number('0x1f'), parseInt('12px'), parseFloat('.5e1x'), Number(''), +[], +{});
console.log([3, 20, 100].sort(), ['b', 'a', 'C'].sort((a, b) => a.localeCompare(b)));
