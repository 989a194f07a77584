// Copyright 2026 The duplex authors. MIT license.

'use strict';

const order = [];
process.on('warning', (w) => order.push(`${w.name}: ${w.message}`));
setTimeout(() => order.push('2 ** 31'), 2 ** 31);
setTimeout(() => order.push('-1'), -1);
setTimeout(() => order.push('NaN'), NaN);
setTimeout(() => order.push('text'), 'x');
setTimeout(() => order.push('undefined'));
setTimeout(() => console.log(order), 20);
