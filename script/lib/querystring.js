// Copyright 2026 The duplex authors. MIT license.

// Names and values as in the query of a URL.

'use strict';

const { define, codes } = require('internal/errors');

if (!codes.ERR_INVALID_URI) define('ERR_INVALID_URI', URIError, 'URI malformed');

exports.unescapeBuffer = function unescapeBuffer(text) {
  const bytes = Buffer.allocUnsafe(text.length);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === '%' ? /^%([0-9a-fA-F]{2})/.exec(text.substr(i, 3)) : null;
    if (hex) i += 2;
    bytes[n++] = hex ? parseInt(hex[1], 16) : text.charCodeAt(i);
  }
  return bytes.slice(0, n);
};

exports.unescape = function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return exports.unescapeBuffer(text).toString();
  }
};

exports.escape = function escape(text) {
  if (typeof text !== 'string') text = typeof text === 'object' ? String(text) : `${text}`;
  try {
    return encodeURIComponent(text);
  } catch {
    throw new codes.ERR_INVALID_URI();
  }
};

function primitive(value) {
  switch (typeof value) {
    case 'string': return value;
    case 'number': return Number.isFinite(value) ? `${value}` : '';
    case 'bigint': return `${value}`;
    case 'boolean': return value ? 'true' : 'false';
  }
  return '';
}

exports.stringify = exports.encode = function stringify(object, separator, equals, options) {
  if (object === null || typeof object !== 'object') return '';
  separator ||= '&';
  equals ||= '=';
  const encode = options && typeof options.encodeURIComponent === 'function' ? options.encodeURIComponent : exports.escape;
  const pairs = [];
  for (const key of Object.keys(object)) {
    const name = encode(primitive(key)) + equals;
    const value = object[key];
    for (const one of Array.isArray(value) ? value : [value]) pairs.push(name + encode(primitive(one)));
  }
  return pairs.join(separator);
};

exports.parse = exports.decode = function parse(text, separator, equals, options) {
  const result = Object.create(null);
  if (typeof text !== 'string' || text.length === 0) return result;
  separator = separator ? `${separator}` : '&';
  equals = equals ? `${equals}` : '=';
  const decode = options && typeof options.decodeURIComponent === 'function' ? options.decodeURIComponent : exports.unescape;
  const read = (part) => {
    const plain = part.replace(/\+/g, ' ');
    if (!plain.includes('%') && decode === exports.unescape) return plain;
    try {
      return decode(plain);
    } catch {
      return exports.unescape(plain);
    }
  };
  const most = options && typeof options.maxKeys === 'number' ? options.maxKeys : 1000;
  let pairs = text.split(separator);
  if (most > 0) pairs = pairs.slice(0, most);
  for (const pair of pairs) {
    if (pair === '') continue;
    const at = pair.indexOf(equals);
    const name = read(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : read(pair.slice(at + equals.length));
    if (!(name in result)) result[name] = value;
    else if (Array.isArray(result[name])) result[name].push(value);
    else result[name] = [result[name], value];
  }
  return result;
};
