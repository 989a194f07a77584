// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(process.platform === require('os').platform(), process.arch === require('os').arch());
console.log(process.cwd() === __dirname, typeof process.pid, typeof process.ppid, process.title.length > 0);
console.log(process.version, process.versions.node, process.release.name);
console.log(typeof process.umask(), process.getuid() >= 0, process.execPath === process.argv[0]);
