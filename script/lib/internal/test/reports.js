// Copyright 2026 The duplex authors. MIT license.

// What tests report, in the order of their numbers, whichever ends first.

'use strict';

class Reports {
  held = []; // until it is its turn
  turn = 0; // of its children: how many have reported
  children = [];
  started = false;

  constructor(parent, name) {
    this.parent = parent;
    this.name = name;
    this.nesting = parent === undefined ? -1 : parent.nesting + 1;
    if (parent !== undefined) this.number = parent.children.push(this);
  }

  get due() {
    return this.parent === undefined || (this.parent.turn === this.number - 1 && this.parent.due);
  }

  // emit prints an event, or keeps it until the tests before have printed theirs.
  emit(event) {
    if (this.parent === undefined) print(event);
    else if (this.due) this.parent.emit(event);
    else this.held.push(event);
  }

  start() {
    if (this.started || this.parent === undefined) return;
    this.started = true;
    this.parent.start();
    this.emit({ type: 'test:start', data: { nesting: this.nesting, name: this.name } });
  }

  plan(count) {
    this.emit({ type: 'test:plan', data: { nesting: this.nesting + 1, count } });
  }

  diagnostic(message) {
    this.emit({ type: 'test:diagnostic', data: { nesting: Math.max(0, this.nesting), message } });
  }

  result(test) {
    this.start();
    const { name, number: testNumber, passed, skip, todo, place } = test;
    const details = { duration_ms: test.duration };
    if (test.isSuite) details.type = 'suite';
    if (!passed) details.error = test.error;
    const data = { name, nesting: this.nesting, testNumber, details, skip, todo, ...place };
    this.emit({ type: passed ? 'test:pass' : 'test:fail', data });
    for (const message of test.diagnostics) this.diagnostic(message);
    this.ended = true;
    if (this.due) this.parent.advance();
  }

  // advance lets the next children print what they hold.
  advance() {
    for (;;) {
      this.turn++;
      const next = this.children[this.turn];
      if (next === undefined) return;
      next.release();
      if (!next.ended) return;
    }
  }

  release() {
    for (const event of this.held.splice(0)) this.parent.emit(event);
    for (let child = this.children[this.turn]; child !== undefined; child = this.children[this.turn]) {
      child.release();
      if (!child.ended) return;
      this.turn++;
    }
  }

  over() {
    print({ type: 'test:over', data: {} });
  }
}

// Events are written together, when the turn is over.
let reporter;
let events = [];

function print(event) {
  if (events.push(event) === 1) process.nextTick(flush);
}

function flush() {
  reporter ??= process.stdout.isTTY ? require('internal/test/spec').spec() : require('internal/test/tap').tap();
  let text = '';
  for (const event of events.splice(0)) text += reporter(event);
  if (text !== '') process.stdout.write(text);
}

exports.Reports = Reports;
