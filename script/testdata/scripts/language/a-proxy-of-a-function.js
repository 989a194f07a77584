// Copyright 2026 The duplex authors. MIT license.

// The arguments that the traps of a call get are theirs to keep.

'use strict';

const { inspect, types } = require('util');
const calls = [];
const handler = {
  apply(target, self, args) {
    calls.push(args);
    return Reflect.apply(target, self, args);
  },
  construct(target, args, made) {
    calls.push(args);
    return Reflect.construct(target, args, made);
  },
};
function Pair(a, b) { return new.target ? { a, b } : [this, a, b]; }
const pair = new Proxy(Pair, handler);
console.log(pair(1, 2), pair.call('me', 3), new pair(4, 5), [6, 7].map(pair), pair(), pair(1, 2, 3, 4));
console.log(calls, Array.isArray(calls[0]));
calls[0].push('mine');
console.log(calls[0], calls.length);

// The handler is asked each time, as this, and keeps its secrets.
class Counting {
  #count = 0;
  get(target, key, receiver) { this.#count++; return Reflect.get(target, key, receiver); }
  has(target, key) { return this.#count > 0 && key in target; }
  ownKeys(target) { this.#count++; return Reflect.ownKeys(target); }
  get count() { return this.#count; }
}
const counting = new Counting();
const counted = new Proxy(() => 5, counting);
console.log(counted.name, 'length' in counted, Reflect.ownKeys(counted), counted(), counting.count);
counting.apply = function (target, self, args) { return [this === counting, args]; };
console.log(counted(1, 2));
counting.apply = 7;
try { counted(); } catch (error) { console.log(error.name); }
counting.apply = () => { throw new RangeError('no'); };
try { counted(); } catch (error) { console.log(error.name, error.message); }
counting.apply = null;
console.log(counted());

const { proxy, revoke } = Proxy.revocable(Pair, handler);
console.log(proxy(1).length, inspect(proxy, { showProxy: true }), types.isProxy(proxy), typeof proxy);
revoke();
try { proxy(); } catch (error) { console.log(error.name); }
try { Proxy(Pair, {}); } catch (error) { console.log(error.name, error.message); }
for (const wrong of [[Pair, 1], [1, {}], [Pair], []]) try { new Proxy(...wrong); } catch (error) { console.log(error.name, error.message); }
console.log(Proxy, Proxy.length, Proxy.name, 'prototype' in Proxy, Object.getOwnPropertyNames(Proxy), Object.getOwnPropertyDescriptor(globalThis, 'Proxy').enumerable);
console.log(Proxy.revocable.length, Proxy.revocable.name, new Proxy(class K { static s = 1; }, {}).s, new (new Proxy(class K { f = 2; }, {}))().f);
