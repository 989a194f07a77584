// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');
const { inherits } = require('util');

class Bell extends EventEmitter {
  ring() {
    return this.emit('ring', this.constructor.name);
  }
}
function Old() {
  EventEmitter.call(this);
}
inherits(Old, EventEmitter);
new Bell().on('ring', (name) => console.log(name)).ring();
const old = new Old();
old.on('x', function () {
  console.log(this === old, Old.super_ === EventEmitter);
});
old.emit('x');
console.log(EventEmitter === EventEmitter.EventEmitter, require('node:events') === EventEmitter);
