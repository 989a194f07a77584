// Copyright 2026 The duplex authors. MIT license.

// The numbers of what runs later, and the context in which it is to run: see
// async_hooks.js.

'use strict';

let last = 1;

// What a handle has the context under in which its events are told.
exports.kContext = Symbol('context');

const ids = (exports.ids = {
  current: 1, // of what runs now
  trigger: 0, // of what has made that
  context: undefined, // Map from AsyncLocalStorage to store; replaced, never changed
  tracked: false, // a script has asked for contexts
  failing: undefined, // what a function of within has thrown last, and its context

  make() {
    return ++last;
  },

  // within returns f, which is to be called later, such that it finds the context
  // of now.
  within(f) {
    if (!ids.tracked) return f;
    const { context } = ids;
    return function (...args) {
      const before = ids.context;
      ids.context = context;
      try {
        return f.apply(this, args);
      } catch (error) {
        if (ids.failing?.error !== error) ids.failing = { error, context };
        throw error;
      } finally {
        ids.context = before;
      }
    };
  },

  // track begins to keep contexts, which costs a little with every promise.
  track() {
    if (ids.tracked) return;
    ids.tracked = true;
    binding('language').track(ids);
  },
});
