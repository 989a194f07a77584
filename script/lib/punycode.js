// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { encode, decode } = require('internal/punycode');

// mapped applies f to the labels of a domain or of an address of mail.
function mapped(text, f) {
  const at = text.indexOf('@');
  const domain = text.slice(at + 1).replace(/[.\u3002\uff0e\uff61]/g, '.');
  return text.slice(0, at + 1) + domain.split('.').map(f).join('.');
}

module.exports = {
  version: '2.1.0',
  ucs2: {
    decode: function ucs2decode(text) {
      return [...text].map((c) => c.codePointAt(0));
    },
    encode: function ucs2encode(points) {
      return String.fromCodePoint(...points);
    },
  },
  decode,
  encode,
  toASCII: function toASCII(text) {
    return mapped(text, (label) => (/[^\0-\x7f]/.test(label) ? `xn--${encode(label)}` : label));
  },
  toUnicode: function toUnicode(text) {
    return mapped(text, (label) => (label.startsWith('xn--') ? decode(label.slice(4).toLowerCase()) : label));
  },
};
