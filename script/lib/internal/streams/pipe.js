// Copyright 2026 The duplex authors. MIT license.

// Readable's pipe and unpipe.

'use strict';

const { codes } = require('internal/errors');
const { errorOrDestroy } = require('internal/streams/destroy');
const Listeners = require('internal/streams/listeners');
const { prototype } = require('internal/streams/readable');

const { nextTick } = process;

prototype.pipe = function (dest, options) {
  const source = this;
  const s = this._readableState;
  if (s.pipes.length === 1 && !s.multiAwaitDrain) {
    s.multiAwaitDrain = true;
    s.awaitDrainWriters = new Set(s.awaitDrainWriters ? [s.awaitDrainWriters] : []);
  }
  s.pipes.push(dest);
  const ends = (!options || options.end !== false) && dest !== process.stdout && dest !== process.stderr;
  const atEnd = ends ? onend : unpipe;
  const listeners = new Listeners();
  if (s.endEmitted) nextTick(atEnd);
  else listeners.add(source, 'end', atEnd, 'once');
  if (typeof dest?.on !== 'function') {
    throw new TypeError(dest == null ? `Cannot read properties of ${dest} (reading 'on')` : 'dest.on is not a function');
  }
  listeners.add(dest, 'unpipe', onunpipe);
  let waits = false; // for 'drain', from the first time on
  let left = false;
  listeners.add(source, 'data', ondata);
  listeners.add(dest, 'error', onerror, 'prependListener');
  listeners.add(dest, 'close', onclose, 'once');
  listeners.add(dest, 'finish', onfinish, 'once');
  dest.emit('pipe', source);
  if (dest.writableNeedDrain === true) pause();
  else if (!s.flowing) source.resume();
  return dest;

  function ondata(chunk) {
    if (dest.write(chunk) === false) pause();
  }

  function pause() {
    if (!left) {
      if (s.pipes.length === 1 && s.pipes[0] === dest) {
        s.awaitDrainWriters = dest;
        s.multiAwaitDrain = false;
      } else if (s.pipes.length > 1 && s.pipes.includes(dest)) {
        s.awaitDrainWriters.add(dest);
      }
      source.pause();
    }
    if (waits) return;
    waits = true;
    listeners.add(dest, 'drain', ondrain);
  }

  function ondrain() {
    if (s.awaitDrainWriters === dest) s.awaitDrainWriters = null;
    else if (s.multiAwaitDrain) s.awaitDrainWriters.delete(dest);
    if ((!s.awaitDrainWriters || s.awaitDrainWriters.size === 0) && source.listenerCount('data') > 0) source.resume();
  }

  function onend() {
    dest.end();
  }

  function unpipe() {
    source.unpipe(dest);
  }

  function onclose() {
    dest.removeListener('finish', onfinish);
    unpipe();
  }

  function onfinish() {
    dest.removeListener('close', onclose);
    unpipe();
  }

  function onerror(error) {
    unpipe();
    dest.removeListener('error', onerror);
    if (dest.listenerCount('error') > 0) return;
    const state = dest._writableState || dest._readableState;
    if (state && !state.errorEmitted) errorOrDestroy(dest, error);
    else dest.emit('error', error);
  }

  function onunpipe(readable, info) {
    if (readable !== source || !info || info.hasUnpiped !== false) return;
    info.hasUnpiped = true;
    listeners.leave();
    left = true;
    // Other destinations must not wait for one that has left.
    if (waits && s.awaitDrainWriters && (!dest._writableState || dest._writableState.needDrain)) ondrain();
  }
};

prototype.unpipe = function (dest) {
  const s = this._readableState;
  if (s.pipes.length === 0) return this;
  if (!dest) {
    const dests = s.pipes;
    s.pipes = [];
    this.pause();
    for (const each of dests) each.emit('unpipe', this, { hasUnpiped: false });
    return this;
  }
  const at = s.pipes.indexOf(dest);
  if (at < 0) return this;
  s.pipes.splice(at, 1);
  if (s.pipes.length === 0) this.pause();
  dest.emit('unpipe', this, { hasUnpiped: false });
  return this;
};
