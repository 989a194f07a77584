// Copyright 2026 The duplex authors. MIT license.

// What is an IP address, and what a port.
'use strict';

const native = binding('net');

exports.isIP = function isIP(input) {
  return native.isIP(`${input}`);
};

exports.isIPv4 = function isIPv4(input) {
  return native.isIP(`${input}`) === 4;
};

exports.isIPv6 = function isIPv6(input) {
  return native.isIP(`${input}`) === 6;
};

// isPort reports whether a number, or a string that reads as one, is a port.
exports.isPort = function (port) {
  if (typeof port !== 'number' && (typeof port !== 'string' || port.trim() === '')) return false;
  return +port === +port >>> 0 && +port <= 0xffff;
};
