// Copyright 2026 The duplex authors. MIT license.

// There is one thread.

'use strict';

const { codes } = require('internal/errors');
const { MessagePort, MessageChannel, BroadcastChannel, receiveMessageOnPort } = require('internal/messages');

class Worker {
  constructor() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('Worker');
  }
}

const environment = new Map();

Object.assign(exports, {
  isMainThread: true,
  threadId: 0,
  parentPort: null,
  workerData: null,
  resourceLimits: {},
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  Worker,
  MessagePort,
  MessageChannel,
  BroadcastChannel,
  receiveMessageOnPort,
  moveMessagePortToContext() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('moveMessagePortToContext');
  },
  postMessageToThread() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('postMessageToThread');
  },
  setEnvironmentData(key, value) {
    if (value === undefined) environment.delete(key);
    else environment.set(key, value);
  },
  getEnvironmentData: (key) => environment.get(key),
  markAsUntransferable() {},
});
