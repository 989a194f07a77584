// Copyright 2026 The duplex authors. MIT license.

'use strict';

const os = require('os');

console.log(JSON.stringify(os.EOL), os.type() === 'Linux' || os.type().length > 0, os.endianness(), os.cpus().length > 0, os.totalmem() > os.freemem());
console.log(typeof os.hostname(), typeof os.release(), os.loadavg().length, os.uptime() > 0, os.tmpdir().length > 0, os.homedir().length > 0, os.devNull);
console.log(os.constants.signals.SIGINT, os.constants.errno.ECONNREFUSED, typeof os.networkInterfaces(), typeof os.userInfo().username);
