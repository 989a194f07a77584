// Copyright 2026 The duplex authors. MIT license.

// Who watches what net does: modules that a script may never load set these.
'use strict';

// tell is (name, message) => undefined of diagnostics_channel: it publishes message if
// somebody has subscribed to the channel name.
exports.tell = null;

// timed is (name, began, detail) => undefined of perf_hooks, while something observes
// entries of the type 'net'; now is its clock.
exports.timed = null;
exports.now = null;
