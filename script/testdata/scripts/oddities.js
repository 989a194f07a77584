// Copyright 2026 The duplex authors. MIT license.

// What functions do with arguments that they should not get.
const crypto = require('crypto');

const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const oddities = {
  'undefined': undefined, 'null': null, '0': 0, '-1': -1, '1.5': 1.5, 'NaN': NaN, '2^40': 2 ** 40, "''": '', "'x'": 'x', "'hex'": 'hex',
  'true': true, '{}': {}, '[]': [], 'Buffer': Buffer.from('ab'), 'ArrayBuffer': new ArrayBuffer(2), 'Uint16Array': new Uint16Array(2),
  'DataView': new DataView(new ArrayBuffer(3)), '7n': 7n, 'Symbol': Symbol('s'), 'function': () => {},
  'private': privateKey, 'public': publicKey, 'secret': crypto.createSecretKey(Buffer.alloc(16, 1)),
};

function outcome(f) {
  try {
    const result = f();
    return result === null ? 'null' : typeof result === 'object' ? result.constructor.name : typeof result;
  } catch (error) {
    return `${error.name} ${error.code} ${error.message}`.split('\n')[0];
  }
}

// tell calls call(args) with each oddity in each place, and prints which have the same
// outcome.
exports.tell = function (name, usual, call, except = () => false) {
  for (let i = 0; i < usual.length; i++) {
    const outcomes = new Map();
    for (const [label, odd] of Object.entries(oddities)) {
      if (except(i, odd, label)) continue;
      const args = usual.slice();
      args[i] = odd;
      const found = outcome(() => call(args)).replace(/ Received .*/, ' Received …');
      outcomes.set(found, [...(outcomes.get(found) ?? []), label]);
    }
    for (const [found, labels] of outcomes) console.log(name, i, labels.join(', '), '→', found);
  }
};
Object.assign(exports, { privateKey, publicKey, secret: oddities.secret });
