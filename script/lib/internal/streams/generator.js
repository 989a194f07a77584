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

const wait = (promise) => new Wait(promise);
exports.wait = wait;

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

// open begins to iterate, and says what is wrong in V8's words.
function open(iterable) {
  if (iterable === null || iterable === undefined) {
    throw new TypeError(`Cannot read properties of ${iterable} (reading 'Symbol(Symbol.asyncIterator)')`);
  }
  const isAsync = (iterable[Symbol.asyncIterator] ?? undefined) !== undefined;
  const iterator = iterable[isAsync ? Symbol.asyncIterator : Symbol.iterator];
  if (typeof iterator !== 'function') {
    throw new TypeError(`${iterator === undefined ? '' : `${typeof iterator} `}${String(iterator)} is not a function`);
  }
  return { iterator: iterator.call(iterable), isAsync };
}

const BREAK = (exports.BREAK = Symbol('break')); // what f returns to leave a loop

// loop is for await within the body of a generator, whose generator function f is
// what it does for each value.
exports.loop = function* (iterable, f) {
  const { iterator, isAsync } = open(iterable);
  let goesOn = false; // iterator is not through
  try {
    for (;;) {
      goesOn = false;
      const result = iterator.next();
      const { value, done } = isAsync ? yield wait(result) : result;
      if (done) return;
      goesOn = true;
      if ((yield* f(isAsync ? value : yield wait(value))) === BREAK) return;
    }
  } finally {
    if (goesOn && iterator.return) yield wait(iterator.return());
  }
};

// each is for await within an async function: it calls f for each value, waits if
// that returns a promise, and ends if it is one of BREAK, or BREAK.
exports.each = async function (iterable, f) {
  const { iterator, isAsync } = open(iterable);
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return;
    let result;
    try {
      result = f(isAsync ? value : await value);
      if (result) result = await result;
    } catch (error) {
      try {
        await iterator.return?.();
      } catch {
        // The first error counts.
      }
      throw error;
    }
    if (result === BREAK) {
      await iterator.return?.();
      return;
    }
  }
};
