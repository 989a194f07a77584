// Copyright 2026 The duplex authors. MIT license.

// The root of all tests of a script: it begins after the script's own turn, and sums up
// when nothing is left to happen.

'use strict';

const { Test, failure } = require('internal/test/tree');

class Root extends Test {
  counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  begun = process.hrtime.bigint();

  constructor() {
    super(null, { name: '<root>' });
    this.opened = new Promise((resolve) => { process.nextTick(resolve); }).then(() => {}).then(() => {}).then(() => {
      this.opened = undefined;
    });
    process.on('uncaughtException', (error) => this.uncaught('uncaughtException', error));
    process.on('unhandledRejection', (error) => this.uncaught('unhandledRejection', error));
    process.on('beforeExit', () => this.end());
  }

  uncaught(kind, error) {
    const test = Test.culprit(error);
    if (test && !test.finished) {
      test.interrupt(failure(kind, error));
      return;
    }
    process.exitCode = 1;
    const whose = test ? `Test "${test.name}"${at(test.place)}` : 'A resource';
    this.diagnostics.push(test ?
      `Error: ${whose} generated asynchronous activity after the test ended. This activity created the error "${error}" and would have ` +
        `caused the test to fail, but instead triggered an ${kind} event.` :
      `Error: ${whose} generated asynchronous activity after the test ended. This activity created the error "${error}" which triggered an ` +
        `${kind} event, caught by the test runner.`);
  }

  count(test) {
    const { counts } = this;
    if (!test.passed && test.todo === undefined) process.exitCode ??= 1;
    if (test.isSuite) {
      counts.suites++;
      return;
    }
    counts.tests++;
    if (test.skip !== undefined) counts.skipped++;
    else if (test.todo !== undefined) counts.todo++;
    else if (test.cancelled) counts.cancelled++;
    else counts[test.passed ? 'pass' : 'fail']++;
  }

  // childEnded runs the script's last hooks when all tests have ended, so that they can
  // close what keeps it alive.
  childEnded() {
    if (this.running > 0 || this.waiting.length > 0 || this.hooks.after.length === 0) return;
    const hooks = this.hooks.after.splice(0);
    (async () => {
      for (const hook of hooks) await hook(this.context);
    })().catch((error) => this.diagnostics.push(String(error)));
  }

  end() {
    if (this.finished) return;
    this.finished = true;
    for (const child of this.children) {
      if (child.finished) continue;
      child.cancel(failure('cancelledByParent', 'Promise resolution is still pending but the event loop has already resolved'));
      child.finish(Number(process.hrtime.bigint() - this.begun) / 1e6);
    }
    this.reports.plan(this.children.length);
    for (const text of this.diagnostics) this.reports.diagnostic(text);
    for (const [name, count] of Object.entries(this.counts)) this.reports.diagnostic(`${name} ${count}`);
    this.reports.diagnostic(`duration_ms ${Number(process.hrtime.bigint() - this.begun) / 1e6}`);
    this.reports.over();
  }
}

function at(place) {
  if (place === undefined) return '';
  const file = place.file.startsWith('file:') ? require('url').fileURLToPath(place.file) : place.file;
  return ` at ${require('path').relative(process.cwd(), file)}:${place.line}:${place.column}`;
}

let root;
exports.root = () => (root ??= new Root());
