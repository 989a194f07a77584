// Copyright 2026 The duplex authors. MIT license.

'use strict';

const order = [];
setTimeout(() => order.push('300'), 300);
setTimeout(() => order.push('100 first'), 100);
setTimeout(() => order.push('100 second'), 100);
setTimeout(() => order.push('200'), 200);
setTimeout(() => order.push('0'), 0);
setTimeout(() => order.push('1'), 1);
setTimeout(() => console.log(order), 600);
