// Copyright 2026 The duplex authors. MIT license.

'use strict';

const start = process.hrtime();
const big = process.hrtime.bigint();
console.log(start.length, typeof start[0], typeof big);
const [seconds, nanos] = process.hrtime(start);
console.log(seconds === 0, nanos > 0, process.hrtime.bigint() > big);
console.log(process.uptime() > 0, Object.keys(process.memoryUsage()), typeof process.memoryUsage.rss());
console.log(typeof process.cpuUsage().user, process.hrtime.name);
