// Copyright 2026 The duplex authors. MIT license.

'use strict';

const punycode = require('punycode');

console.log(punycode);
const { encode, decode, toASCII, toUnicode, ucs2 } = punycode;
console.log(encode('mañana'), decode('maana-pta'), toASCII('mañana.com'), toUnicode('xn--maana-pta.com'));
console.log(ucs2.decode('a😀'), ucs2.encode([97, 0x1f600]), toASCII('djordje@ñ.com。x'), toASCII('ABC.com'), encode('\ud83d'));
for (const wrong of ['ü-', '99999999999', 'a-$']) {
  try {
    decode(wrong);
  } catch (error) {
    console.log(error.name, error.message);
  }
}
