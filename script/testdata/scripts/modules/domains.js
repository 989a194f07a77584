// Copyright 2026 The duplex authors. MIT license.

'use strict';

const domain = require('domain');
const EventEmitter = require('events');

const one = domain.create();
const told = [];
one.on('error', (error) => told.push([error.message, error.domain === one, error.domainThrown, Boolean(error.domainEmitter), typeof error.domainBound]));

console.log(process.domain, domain.create() instanceof domain.Domain, one.run((a, b) => a + b, 1, 2), process.domain);
one.run(() => {
  console.log(process.domain === one, domain.active === one);
  setTimeout(() => {
    console.log(process.domain === one);
    throw new Error('in a timer');
  }, 1);
  const emitter = new EventEmitter();
  console.log(emitter.domain === one);
  setTimeout(() => emitter.emit('error', new Error('of an emitter')), 10);
  process.nextTick(() => { throw new Error('in a tick'); });
});
const bound = one.bind((word) => { throw new Error(word); });
setTimeout(() => bound('bound'), 20);
const careful = one.intercept((value) => console.log('value', value));
setTimeout(() => careful(null, 'well'), 30);
setTimeout(() => careful(new Error('intercepted')), 40);
const other = new EventEmitter();
one.add(other);
console.log(one.members.length, other.domain === one);
setTimeout(() => {
  other.emit('error', new Error('added'));
  one.remove(other);
  console.log(one.members.length, other.domain);
}, 50);
setTimeout(() => {
  console.log(told);
  process.on('uncaughtException', (error) => console.log('nobody but the script', error.message));
  throw new Error('outside');
}, 60);
