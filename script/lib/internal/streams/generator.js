// Copyright 2026 The duplex authors. MIT license.

// Async generators for the library, which cannot have them of the engine: the body
// is a generator function that yields wait(promise) where it would await, and
// anything else where it would yield.

'use strict';

class Wait {
  constructor(promise) {
    this.promise = promise;
  }
}

exports.wait = (promise) => new Wait(promise);

const ask = Symbol('ask'); // of each object: what its three methods have in common

const prototype = Object.create(Object.prototype, {
  [Symbol.toStringTag]: { value: 'AsyncGenerator', configurable: true },
  [Symbol.asyncIterator]: { value() { return this; }, writable: true, configurable: true },
  next: { value: function next(value) { return this[ask]('next', value); }, writable: true, configurable: true },
  return: { value: function (value) { return this[ask]('return', value); }, writable: true, configurable: true },
  throw: { value: function (error) { return this[ask]('throw', error); }, writable: true, configurable: true },
});

// generator returns what calling the async generator function of body would.
exports.generator = function (body) {
  const requests = []; // that came while one was served
  let serving = false;
  let begun = false;
  let over = false;

  function step(method, value, request) {
    let result;
    try {
      result = body[method](value);
    } catch (error) {
      over = true;
      refuse(request, error);
      return;
    }
    if (!result.done && result.value instanceof Wait) {
      Promise.resolve(result.value.promise).then(
        (v) => step('next', v, request),
        (e) => step('throw', e, request),
      );
      return;
    }
    if (result.done) {
      over = true;
      settle(request, result.value, true);
    } else {
      Promise.resolve(result.value).then((v) => settle(request, v, false), (e) => step('throw', e, request));
    }
  }

  function settle(request, value, done) {
    request.resolve({ value, done });
    next();
  }

  function refuse(request, error) {
    request.reject(error);
    next();
  }

  function next() {
    serving = false;
    if (requests.length > 0) serve(requests.shift());
  }

  function serve(request) {
    serving = true;
    const { method, value } = request;
    if (!begun && method !== 'next') over = true;
    begun = true;
    if (method === 'return') { // whose value is awaited where the body stands
      Promise.resolve(value).then(
        (v) => (over ? settle(request, v, true) : step('return', v, request)),
        (e) => (over ? refuse(request, e) : step('throw', e, request)),
      );
    } else if (!over) {
      step(method, value, request);
    } else if (method === 'throw') {
      refuse(request, value);
    } else {
      settle(request, undefined, true);
    }
  }

  const object = Object.create(prototype);
  Object.defineProperty(object, ask, {
    value(method, value) {
      return new Promise((resolve, reject) => {
        const request = { method, value, resolve, reject };
        if (serving) requests.push(request);
        else serve(request);
      });
    },
  });
  return object;
};

// each calls f with what iterable has, and waits if it returns a promise; false
// ends that. It does what for await does.
exports.each = async function (iterable, f) {
  const iterator = iterable[Symbol.asyncIterator] ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  const plain = !iterable[Symbol.asyncIterator];
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return;
    let more;
    try {
      more = f(plain ? await value : value);
      if (more) more = await more;
    } catch (error) {
      if (iterator.return) {
        try {
          await iterator.return();
        } catch {
          // The first error counts.
        }
      }
      throw error;
    }
    if (more === false) {
      if (iterator.return) await iterator.return();
      return;
    }
  }
};
