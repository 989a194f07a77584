// Copyright 2026 The duplex authors. MIT license.

'use strict';

const order = [];
setTimeout(() => order.push('30'), 30);
setTimeout(() => order.push('10 first'), 10);
setTimeout(() => order.push('10 second'), 10);
setTimeout(() => order.push('20'), 20);
setTimeout(() => order.push('0'), 0);
setTimeout(() => order.push('1'), 1);
setTimeout(() => console.log(order), 60);
