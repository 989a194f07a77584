// Copyright 2026 The duplex authors. MIT license.

// What keeps a script alive, as process tells it: handles and requests of net, timers and
// immediates.
'use strict';

const { TCP, owner, isServer } = require('internal/net_handle');
const net = binding('net');
const timers = binding('timers');

// The objects that Node's connect has for a request. Only their names are known here.
class TCPConnectWrap {}
class PipeConnectWrap {}

exports.handles = () => net.active().map((handle) => handle[owner] ?? handle);

exports.requests = () => net.active(true).map((handle) => (handle instanceof TCP ? new TCPConnectWrap() : new PipeConnectWrap()));

function named(handle) {
  if (!(handle instanceof TCP)) return 'PipeWrap';
  return isServer(handle) ? 'TCPServerWrap' : 'TCPSocketWrap';
}

exports.resources = () => {
  const [set, soon] = timers.active();
  return [
    ...net.active(true).map(() => 'ConnectWrap'),
    ...net.active().map(named),
    ...Array(set).fill('Timeout'),
    ...Array(soon).fill('Immediate'),
  ];
};
