// Copyright 2026 The duplex authors. MIT license.

// Listeners of several emitters that leave together.

'use strict';

module.exports = class Listeners {
  #all = [];

  // add lets f listen to event, by the emitter's method how.
  add(emitter, event, f, how = 'on') {
    emitter[how](event, f);
    this.#all.push([emitter, event, f]);
  }

  leave() {
    for (const [emitter, event, f] of this.#all) emitter.removeListener(event, f);
  }
};
