// Copyright 2026 The duplex authors. MIT license.

// A cluster of one.

'use strict';

const EventEmitter = require('events');
const { codes, define } = require('internal/errors');

define('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', TypeError, (feature) =>
  `${feature} is unavailable on the current platform, which is being used to run duplex`);

class Worker extends EventEmitter {}

module.exports = Object.assign(new EventEmitter(), {
  isWorker: false,
  isMaster: true,
  isPrimary: true,
  Worker,
  workers: {},
  settings: {},
  SCHED_NONE: 1,
  SCHED_RR: 2,
  schedulingPolicy: 2,
  setupPrimary(options) {
    Object.assign(this.settings, options);
  },
  setupMaster(options) {
    this.setupPrimary(options);
  },
  fork() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('cluster.fork()');
  },
  disconnect(callback) {
    if (callback) process.nextTick(callback);
  },
});
