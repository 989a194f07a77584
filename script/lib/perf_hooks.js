// Copyright 2026 The duplex authors. MIT license.

// The time since the start, marks and measures.

'use strict';

const { codes, define } = require('internal/errors');
const { validateFunction, validateString, validateObject } = require('internal/validators');
const hrtime = process.hrtime;

const origin = Date.now() - process.uptime() * 1000;
const zero = hrtime.bigint() - BigInt(Math.round(process.uptime() * 1e9));

const now = () => Number(hrtime.bigint() - zero) / 1e6;

class PerformanceEntry {
  constructor(name, entryType, startTime, duration) {
    Object.defineProperties(this, {
      name: { value: name, enumerable: true },
      entryType: { value: entryType, enumerable: true },
      startTime: { value: startTime, enumerable: true },
      duration: { value: duration, enumerable: true },
    });
  }

  toJSON() {
    return { ...this };
  }
}

class PerformanceMark extends PerformanceEntry {
  constructor(name, { startTime = now(), detail = null } = {}) {
    super(`${name}`, 'mark', startTime, 0);
    Object.defineProperty(this, 'detail', { value: detail, enumerable: true });
  }
}

// There is nothing that it could be about.
class PerformanceResourceTiming extends PerformanceEntry {
  constructor() {
    throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }
}

class PerformanceMeasure extends PerformanceEntry {
  constructor(name, start, duration, detail = null) {
    super(name, 'measure', start, duration);
    Object.defineProperty(this, 'detail', { value: detail, enumerable: true });
  }
}

const timeline = [];
const observers = new Set();

function keep(entry) {
  timeline.push(entry);
  for (const observer of observers) observer[offer](entry);
}

const offer = Symbol('offer');
const observes = Symbol('observes');

class PerformanceNodeEntry extends PerformanceEntry {
  constructor(name, type, startTime, detail) {
    super(name, type, startTime, now() - startTime);
    Object.defineProperty(this, 'detail', { value: detail, enumerable: true });
  }
}

// watch has net tell of its connections while somebody wants to hear of them. They are
// not on the timeline.
function watch() {
  const net = require('internal/net_watch');
  const wanted = [...observers].some((observer) => observer[observes]('net'));
  net.now = now;
  net.timed = !wanted ? null : (name, began, detail) => {
    const entry = new PerformanceNodeEntry(name, 'net', began, detail);
    for (const observer of observers) observer[offer](entry);
  };
}

class PerformanceObserverEntryList {
  #entries;

  constructor(entries) {
    this.#entries = entries.slice().sort((a, b) => a.startTime - b.startTime);
  }

  getEntries() {
    return this.#entries.slice();
  }

  getEntriesByName(name, type = undefined) {
    return this.#entries.filter((e) => e.name === name && (type === undefined || e.entryType === type));
  }

  getEntriesByType(type) {
    return this.#entries.filter((e) => e.entryType === type);
  }
}

class PerformanceObserver {
  #callback;
  #types = new Set();
  #waiting = [];

  static get supportedEntryTypes() {
    return ['mark', 'measure', 'net'];
  }

  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#callback = callback;
  }

  observe(options = {}) {
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) throw new codes.ERR_MISSING_ARGS('options.entryTypes', 'options.type');
    for (const one of entryTypes || [type]) this.#types.add(one);
    observers.add(this);
    watch();
    if (buffered) timeline.filter((e) => e.entryType === type).forEach((e) => this[offer](e));
  }

  disconnect() {
    observers.delete(this);
    this.#types.clear();
    watch();
    this.#waiting = [];
  }

  [observes](type) {
    return this.#types.has(type);
  }

  takeRecords() {
    return this.#waiting.splice(0);
  }

  [offer](entry) {
    if (!this.#types.has(entry.entryType)) return;
    this.#waiting.push(entry);
    if (this.#waiting.length > 1) return;
    setImmediate(() => {
      if (this.#waiting.length > 0) this.#callback.call(this, new PerformanceObserverEntryList(this.takeRecords()), this);
    });
  }
}

define('ERR_INVALID_PERFORMANCE_MARK', SyntaxError, (name) => `The "${name}" performance mark has not been set`);

function moment(value) {
  if (typeof value === 'number') return value;
  const mark = timeline.findLast((e) => e.entryType === 'mark' && e.name === `${value}`);
  if (mark === undefined) throw new codes.ERR_INVALID_PERFORMANCE_MARK(value);
  return mark.startTime;
}

class Performance extends require('internal/event_target').EventTarget {
  get timeOrigin() {
    return origin;
  }

  now() {
    return now();
  }

  mark(name, options = {}) {
    const mark = new PerformanceMark(name, options);
    keep(mark);
    return mark;
  }

  measure(name, start = undefined, end = undefined) {
    validateString(name, 'name');
    let detail;
    let duration;
    if (start !== null && typeof start === 'object') ({ start, end, detail, duration } = start);
    let to = end === undefined ? undefined : moment(end);
    let from = start === undefined ? undefined : moment(start);
    if (duration !== undefined) {
      if (from === undefined && to !== undefined) from = to - duration;
      else to = (from ?? 0) + duration;
    }
    from ??= 0;
    to ??= now();
    const measure = new PerformanceMeasure(name, from, to - from, detail);
    keep(measure);
    return measure;
  }

  getEntries() {
    return new PerformanceObserverEntryList(timeline).getEntries();
  }

  getEntriesByName(name, type) {
    return new PerformanceObserverEntryList(timeline).getEntriesByName(name, type);
  }

  getEntriesByType(type) {
    return new PerformanceObserverEntryList(timeline).getEntriesByType(type);
  }

  clearMarks(name = undefined) {
    forget('mark', name);
  }

  clearMeasures(name = undefined) {
    forget('measure', name);
  }

  timerify(f) {
    validateFunction(f, 'fn');
    return function (...args) {
      return new.target ? Reflect.construct(f, args) : f.apply(this, args);
    };
  }

  eventLoopUtilization() {
    return { idle: 0, active: 0, utilization: 0 };
  }

  toJSON() {
    return { nodeTiming: {}, timeOrigin: origin, eventLoopUtilization: this.eventLoopUtilization() };
  }
}

function forget(type, name) {
  for (let i = timeline.length - 1; i >= 0; i--) {
    if (timeline[i].entryType === type && (name === undefined || timeline[i].name === name)) timeline.splice(i, 1);
  }
}

Object.assign(exports, {
  Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList,
  PerformanceResourceTiming,
  performance: new Performance(),
  ...require('internal/absent').absent('histograms', 'measure with performance.now, or run the script with node')
    .functions('monitorEventLoopDelay createHistogram', 'perf_hooks'),
  constants: {
    NODE_PERFORMANCE_GC_MAJOR: 4,
    NODE_PERFORMANCE_GC_MINOR: 1,
    NODE_PERFORMANCE_GC_INCREMENTAL: 8,
    NODE_PERFORMANCE_GC_WEAKCB: 16,
    NODE_PERFORMANCE_GC_FLAGS_NO: 0,
    NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
    NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
    NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
    NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
    NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
    NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
  },
});
