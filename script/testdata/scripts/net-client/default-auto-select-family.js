// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

console.log(net.getDefaultAutoSelectFamily(), net.getDefaultAutoSelectFamilyAttemptTimeout());
net.setDefaultAutoSelectFamily(false);
net.setDefaultAutoSelectFamilyAttemptTimeout(5);
console.log(net.getDefaultAutoSelectFamily(), net.getDefaultAutoSelectFamilyAttemptTimeout());
net.setDefaultAutoSelectFamilyAttemptTimeout(1234);
console.log(net.getDefaultAutoSelectFamilyAttemptTimeout());
for (const wrong of ['x', undefined, 1, null]) {
  try {
    net.setDefaultAutoSelectFamily(wrong);
  } catch (e) {
    console.log(e.code, e.message);
  }
}
for (const wrong of ['x', 0, -1, 1.5, null]) {
  try {
    net.setDefaultAutoSelectFamilyAttemptTimeout(wrong);
  } catch (e) {
    console.log(e.code, e.message);
  }
}
