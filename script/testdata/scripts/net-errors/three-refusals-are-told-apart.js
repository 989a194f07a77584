// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { watch } = require('../sides');

for (const name of ['first', 'second', 'third']) {
  const socket = net.connect(1, '127.0.0.1');
  watch(name, socket, 'connectionAttempt', 'connect', 'error', 'end', 'close');
}
