// Copyright 2026 The duplex authors. MIT license.

'use strict';

const timers = require('timers');

const item = { _onTimeout() { console.log('goes off', this === item); } };
timers.enroll(item, 5);
timers.active(item);
const other = { _onTimeout() { console.log('never'); } };
timers.enroll(other, 5);
timers.active(other);
timers.unenroll(other);
console.log(other._idleTimeout, item._idleTimeout);
