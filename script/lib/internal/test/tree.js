// Copyright 2026 The duplex authors. MIT license.

// The tests of a script, as a tree: when each runs, and what has become of it.

'use strict';

const { ids } = require('internal/async_ids');
const { codes } = require('internal/errors');
const { validateAbortSignal, validateInteger } = require('internal/validators');
const { Reports } = require('internal/test/reports');

const nothing = () => {};
const key = Symbol('test'); // of the test that runs, among contexts

// A failure is why a test did not pass: its kind is what reports call failureType.
function failure(kind, cause) {
  const message = typeof cause === 'string' ? cause : cause?.message ?? require('internal/inspect').inspect(cause);
  const error = new Error(message);
  Object.defineProperty(error, 'stack', { value: undefined, writable: true, configurable: true });
  error.code = 'ERR_TEST_FAILURE';
  error.failureType = kind;
  error.cause = cause;
  return error;
}

// place returns where the script has called us.
function place() {
  const flat = binding('stack').frames(20);
  for (let i = 1; i < flat.length; i += 4) {
    if (flat[i] !== '' && !flat[i].startsWith('node:')) return { file: flat[i], line: flat[i + 1], column: flat[i + 2] };
  }
  return undefined;
}

// A Test is a node of the tree: also the root, and, with isSuite, what describe makes.
class Test {
  hooks = { before: [], beforeEach: [], afterEach: [], after: [] };
  children = [];
  running = 0; // of its children
  waiting = []; // children that have no room to run yet
  diagnostics = [];
  error = null;
  passed = false;
  finished = false;
  cancelled = false;
  controller = new AbortController();
  plan = undefined; // { expected, actual } assertions

  constructor(parent, { name, options = {}, fn, isSuite = false }) {
    const { concurrency, signal, skip, timeout, todo } = options;
    this.parent = parent;
    this.isSuite = isSuite;
    this.fn = typeof fn === 'function' ? fn : nothing;
    this.name = name || (this.fn === nothing ? '' : this.fn.name) || '<anonymous>';
    if (timeout !== undefined && timeout !== null && timeout !== Infinity) {
      if (typeof timeout !== 'number') throw new codes.ERR_INVALID_ARG_TYPE('options.timeout', 'number', timeout);
      if (!(timeout >= 0 && timeout <= 2 ** 31 - 1)) throw new codes.ERR_OUT_OF_RANGE('options.timeout', '>= 0 && <= 2147483647', timeout);
      this.timeout = timeout;
    } else {
      this.timeout = timeout === undefined ? parent?.timeout : undefined;
    }
    this.room = roomOf(concurrency, parent);
    if (signal !== undefined) {
      validateAbortSignal(signal, 'options.signal');
      signal.addEventListener('abort', () => this.cancel(failure('testAborted', 'The test was aborted')));
      if (signal.aborted) this.cancel(failure('testAborted', 'The test was aborted'));
    }
    this.skip = skip === undefined || skip === false ? undefined : skip;
    this.todo = todo === undefined || todo === false ? undefined : todo;
    if (this.skip !== undefined) this.fn = nothing;
    if (options.only) this.diagnostics.push("'only' and 'runOnly' require the --test-only command-line option.");
    this.place = parent === null ? undefined : place();
    this.reports = new Reports(parent?.reports, this.name);
    if (parent !== null) this.number = parent.children.push(this);
  }

  get root() {
    return this.parent === null ? this : this.parent.root;
  }

  get fullName() {
    return this.parent === null || this.parent.parent === null ? this.name : `${this.parent.fullName} > ${this.name}`;
  }

  // add makes a child, and starts it when there is room.
  add(what) {
    if (what.options?.timeout !== undefined || this.timeout === undefined) return this.begin(new Test(this, what));
    return this.begin(new Test(this, { ...what, options: { ...what.options, timeout: this.timeout } }));
  }

  begin(child) {
    if (child.isSuite) child.build();
    if (this.finished) child.fail(failure('parentAlreadyFinished', 'test could not be started because its parent finished'));
    child.ended = new Promise((resolve) => { child.resolve = resolve; });
    if (!this.isSuite) this.admit(child);
    return child;
  }

  // admit runs a child, or lets it wait.
  admit(child) {
    if (this.running < this.room) {
      this.running++;
      const start = this.parent === null ? this.opened : undefined;
      if (start) start.then(() => child.run());
      else child.run();
    } else {
      this.waiting.push(child);
    }
  }

  leave() {
    this.running--;
    while (this.waiting.length > 0 && this.running < this.room) {
      this.running++;
      this.waiting.shift().run();
    }
  }

  // build calls the function of a suite, in which it gets its children.
  build() {
    try {
      const built = this.within(() => this.fn.call(this.context, this.context));
      this.built = Promise.resolve(built).then(undefined, (error) => this.fail(failure('testCodeFailure', error)));
    } catch (error) {
      this.fail(failure('testCodeFailure', error));
    }
  }

  get context() {
    this.ownContext ??= require('internal/test/context').make(this);
    return this.ownContext;
  }

  // within calls f such that tests that are made by it, even later, belong to this one.
  within(f) {
    ids.track();
    const before = ids.context;
    ids.context = new Map(before).set(key, this);
    try {
      return f();
    } finally {
      ids.context = before;
    }
  }

  static get current() {
    return ids.context?.get(key);
  }

  // culprit is the test out of which an uncaught error comes.
  static culprit(error) {
    return (ids.failing?.error === error ? ids.failing.context : ids.context)?.get(key);
  }

  fail(error) {
    if (this.error !== null) return;
    this.error = error;
    this.passed = false;
  }

  // cancel ends a test that may still be at work.
  cancel(error = failure('cancelledByParent', 'test did not finish before its parent and was cancelled')) {
    if (this.finished || this.error !== null) return;
    this.fail(error);
    this.cancelled = true;
    this.controller.abort(error);
    this.stop?.(error);
  }

  // interrupt ends it with an error that no one has caught.
  interrupt(error) {
    this.fail(error);
    this.controller.abort(error);
    this.stop?.(error);
  }

  async runHooks(name, context) {
    try {
      for (const hook of this.hooks[name]) await hook(context);
    } catch (error) {
      throw error?.failureType === 'hookFailed' ? error : failure('hookFailed', error);
    }
  }

  // prepared calls the hooks before the first child, once.
  prepared() {
    return (this.preparing ??= this.hooks.before.length > 0 ? this.within(() => this.runHooks('before', this.context)) : undefined);
  }

  async each(name, child, ownFirst = false) {
    if (ownFirst) await this.runHooks(name, child.context);
    if (this.parent !== null) await this.parent.each(name, child, ownFirst);
    if (!ownFirst) await this.runHooks(name, child.context);
  }

  async run() {
    const started = process.hrtime.bigint();
    try {
      if (this.error === null) await (this.isSuite ? this.runSuite() : this.runTest());
    } catch (error) {
      this.fail(error?.failureType === undefined ? failure('testCodeFailure', error) : error);
    }
    this.finish(Number(process.hrtime.bigint() - started) / 1e6);
  }

  async runTest() {
    const { parent } = this;
    const stopped = this.stopping();
    try {
      await parent.prepared();
      if (this.skip === undefined) await parent.each('beforeEach', this);
      const { fn } = this;
      await Promise.race([stopped, this.within(() => (fn.length < 2 ? fn.call(this.context, this.context) : this.called()))]);
      if (this.plan && this.plan.actual !== this.plan.expected) {
        throw failure('testCodeFailure', `plan expected ${this.plan.expected} assertions but received ${this.plan.actual}`);
      }
      if (this.hooks.before.length > 0 && this.children.length === 0) await this.prepared();
    } finally {
      this.stop = undefined;
      clearTimeout(this.timer);
      if (this.skip === undefined) await parent.each('afterEach', this, true);
      await this.runHooks('after', this.context);
    }
  }

  // called runs a function that has a callback.
  async called() {
    let times = 0;
    let done;
    const answered = new Promise((resolve, reject) => {
      done = (error) => {
        if (++times > 1) this.interrupt(failure('multipleCallbackInvocations', 'callback invoked multiple times'));
        else if (error) reject(error);
        else resolve();
      };
    });
    answered.then(undefined, nothing);
    const answer = this.fn.call(this.context, this.context, done);
    if (typeof answer?.then === 'function') {
      answer.then(undefined, nothing);
      throw failure('callbackAndPromisePresent', 'passed a callback but also returned a Promise');
    }
    await answered;
  }

  async runSuite() {
    const stopped = this.stopping();
    try {
      await this.built;
      if (this.error !== null) return;
      if (this.children.some((child) => child.skip === undefined)) {
        await this.parent.prepared();
        await this.prepared();
      }
      const ended = Promise.all(this.children.map((child) => child.ended));
      for (const child of this.children) this.admit(child);
      await Promise.race([stopped, ended]);
      await this.within(() => this.runHooks('after', this.context));
    } finally {
      this.stop = undefined;
      clearTimeout(this.timer);
    }
  }

  // stopping returns a promise that rejects when the test is to end before it is over.
  stopping() {
    const stopped = new Promise((resolve, reject) => { this.stop = reject; });
    stopped.then(undefined, nothing);
    if (this.timeout !== undefined) {
      this.timer = setTimeout(() => {
        this.cancel(failure('testTimeoutFailure', `test timed out after ${this.timeout}ms`));
      }, this.timeout).unref();
    }
    return stopped;
  }

  // finish reports what has become of it, and lets the next run.
  finish(duration) {
    if (this.finished) return;
    this.finished = true;
    this.duration = duration;
    this.settleChildren();
    this.passed = this.error === null;
    if (this.ownContext?.restore) this.ownContext.restore();
    this.root.count(this);
    this.reports.result(this);
    this.parent.leave();
    this.resolve();
    this.parent.childEnded();
  }

  settleChildren() {
    for (const child of this.waiting.splice(0)) {
      child.cancel();
      child.finish(0);
    }
    for (const child of this.children) {
      if (child.finished) continue;
      child.cancel();
      child.finish(0);
    }
    const failing = this.children.filter((child) => !child.passed && child.todo === undefined).length;
    if (failing > 0) this.fail(failure('subtestsFailed', `${failing} subtest${failing > 1 ? 's' : ''} failed`));
    if (this.children.length > 0) this.reports.plan(this.children.length);
  }

  childEnded() {}
}

// roomOf returns how many children may run at once.
function roomOf(concurrency, parent) {
  switch (typeof concurrency) {
    case 'number':
      validateInteger(concurrency, 'options.concurrency', 1, 2 ** 32 - 1);
      return concurrency;
    case 'boolean':
      return concurrency ? Infinity : 1;
    case 'undefined':
      return parent?.room ?? 1;
    default:
      if (concurrency === null) return parent?.room ?? 1;
      throw new codes.ERR_INVALID_ARG_TYPE('options.concurrency', ['boolean', 'number'], concurrency);
  }
}

module.exports = { Test, failure };
