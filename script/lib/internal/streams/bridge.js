// Copyright 2026 The duplex authors. MIT license.

// A bridge: a Duplex whose sides are other streams.

'use strict';

const { AbortError } = require('internal/errors');

// A Turn is somebody who waits for something to happen, once.
class Turn {
  #callback;

  get taken() {
    return this.#callback !== undefined;
  }

  take(callback) {
    this.#callback = callback;
  }

  come(...args) {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.(...args);
  }
}

// bridge carries what is written to duplex into the stream to, and what comes out of
// the stream from into duplex; either may be missing. hasAll(f) lets f know when to
// has done with everything. Whoever destroys duplex is answered when what bridge
// returns is called, which stop(error, over) leads to, or at once if it has been.
module.exports = function bridge(duplex, { from, to, hasAll, stop }) {
  const room = new Turn();
  const through = new Turn();
  const input = new Turn();
  const gone = new Turn();
  let over = false;

  if (to) {
    to.on('drain', () => room.come());
    hasAll(() => through.come());
    duplex._write = (chunk, encoding, callback) => {
      const goOn = to.write(chunk, encoding);
      if (!goOn) room.take(callback);
      else callback();
    };
    duplex._final = (callback) => {
      through.take(callback);
      to.end();
    };
  }

  if (from) {
    const pull = () => {
      let chunk;
      do {
        chunk = from.read();
      } while (chunk !== null && duplex.push(chunk));
      if (chunk === null) input.take(pull);
    };
    from.on('readable', () => input.come());
    from.on('end', () => duplex.push(null));
    duplex._read = pull;
  }

  duplex._destroy = (error, callback) => {
    for (const turn of [room, through, input]) turn.take(undefined);
    if (over) {
      stop(error, true);
      callback(error);
    } else {
      gone.take(callback);
      stop(error ?? new AbortError(), false);
    }
  };

  // The streams have ended, because of error if that is one. It reports whether
  // somebody has waited for that.
  return function ended(error) {
    over = true;
    const { taken } = gone;
    if (taken) gone.come(error);
    else if (error) duplex.destroy(error);
    return taken;
  };
};
