// Copyright 2026 The duplex authors. MIT license.

// cluster.Worker, on both sides.

'use strict';

const EventEmitter = require('events');

function Worker(options) {
  if (!(this instanceof Worker)) return new Worker(options);
  EventEmitter.call(this);
  this.exitedAfterDisconnect = undefined;
  this.state = options?.state || 'none';
  this.id = options?.id | 0;
  if (options?.process) {
    this.process = options.process;
    this.process.on('error', (...args) => this.emit('error', ...args));
    this.process.on('message', (...args) => this.emit('message', ...args));
  }
}
Object.setPrototypeOf(Worker.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Worker, EventEmitter);

Object.assign(Worker.prototype, {
  kill(...args) {
    this.destroy(...args);
  },
  send(...args) {
    return this.process.send(...args);
  },
  isDead() {
    return this.process.exitCode !== null && this.process.exitCode !== undefined || Boolean(this.process.signalCode);
  },
  isConnected() {
    return this.process.connected;
  },
});

module.exports = Worker;
