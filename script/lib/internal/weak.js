// Copyright 2026 The duplex authors. MIT license.

// WeakRef and FinalizationRegistry. goja does not tell what its host's collector
// takes away, so a reference stays and no registry is ever called, which the
// language allows.

'use strict';

function held(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ||
    (typeof value === 'symbol' && Symbol.keyFor(value) === undefined);
}

class WeakRef {
  #target;

  constructor(target) {
    if (!held(target)) throw new TypeError('WeakRef: invalid target');
    this.#target = target;
  }

  deref() {
    return this.#target;
  }
}
Object.defineProperty(WeakRef.prototype, Symbol.toStringTag, { value: 'WeakRef', configurable: true });

class FinalizationRegistry {
  #tokens = new WeakSet();

  constructor(cleanup) {
    if (typeof cleanup !== 'function') throw new TypeError('FinalizationRegistry: cleanup must be callable');
  }

  register(target, holdings, token) {
    if (!held(target)) throw new TypeError('FinalizationRegistry.prototype.register: invalid target');
    if (target === holdings) {
      throw new TypeError('FinalizationRegistry.prototype.register: target and holdings must not be same');
    }
    if (held(token)) this.#tokens.add(token);
    else if (token !== undefined) throw new TypeError(`Invalid unregisterToken ('${String(token)}')`);
  }

  unregister(token) {
    if (!held(token)) throw new TypeError(`Invalid unregisterToken ('${String(token)}')`);
    return this.#tokens.delete(token);
  }
}
Object.defineProperty(FinalizationRegistry.prototype.register, 'length', { value: 2 });
Object.defineProperty(FinalizationRegistry.prototype, Symbol.toStringTag, { value: 'FinalizationRegistry', configurable: true });

module.exports = { WeakRef, FinalizationRegistry };
