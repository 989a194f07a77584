// Copyright 2026 The duplex authors. MIT license.
'use strict';
function EventEmitter() { this._events = Object.create(null); }
EventEmitter.prototype.on = function (n, f) { (this._events[n] ||= []).push(f); return this; };
EventEmitter.prototype.emit = function (n, ...a) { const l = this._events[n]; if (!l) return false; for (const f of l.slice()) f.apply(this, a); return true; };
EventEmitter.prototype.listenerCount = function (n) { return (this._events[n] || []).length; };
module.exports = EventEmitter;
EventEmitter.EventEmitter = EventEmitter;
