// Copyright 2026 The duplex authors. MIT license.

// fs.watchFile, which asks again and again.

'use strict';

const EventEmitter = require('events');
const fs = require('fs');
const { codes } = require('internal/errors');
const { path: pathOf } = require('internal/fs_arguments');

exports.watch = function watch() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('fs.watch');
};

const watchers = new Map();

function state(path) {
  return fs.statSync(path, { throwIfNoEntry: false }) || new fs.Stats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

class StatWatcher extends EventEmitter {
  #timer;

  constructor(path, interval, persistent) {
    super();
    let last = state(path);
    this.#timer = setInterval(() => {
      const now = state(path);
      if (now.mtimeMs === last.mtimeMs && now.size === last.size && now.ino === last.ino) return;
      const before = last;
      last = now;
      this.emit('change', now, before);
    }, interval);
    if (!persistent) this.#timer.unref();
  }

  ref() {
    this.#timer.ref();
    return this;
  }

  unref() {
    this.#timer.unref();
    return this;
  }

  stop() {
    clearInterval(this.#timer);
    this.emit('stop');
  }
}

exports.watchFile = function watchFile(path, options, listener = options) {
  path = require('path').resolve(pathOf(path, 'filename'));
  if (typeof listener !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('listener', 'function', listener);
  const { interval = 5007, persistent = true } = typeof options === 'object' ? options : {};
  let watcher = watchers.get(path);
  if (watcher === undefined) {
    watcher = new StatWatcher(path, interval, persistent);
    watchers.set(path, watcher);
  }
  watcher.on('change', listener);
  return watcher;
};

exports.unwatchFile = function unwatchFile(path, listener) {
  path = require('path').resolve(pathOf(path, 'filename'));
  const watcher = watchers.get(path);
  if (watcher === undefined) return;
  if (listener) watcher.removeListener('change', listener);
  else watcher.removeAllListeners('change');
  if (watcher.listenerCount('change') === 0) {
    watcher.stop();
    watchers.delete(path);
  }
};
