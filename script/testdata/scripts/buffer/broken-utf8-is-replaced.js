// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const hex of ['c3', 'e282', 'f09f98', 'ff', 'c080', 'eda080', 'f4908080', '61c362', 'e28261', 'f0808080', '80', 'efbbbf61']) {
  const text = Buffer.from(hex, 'hex').toString();
  console.log(hex, [...text].map((c) => c.codePointAt(0).toString(16)).join(' '), text.length);
}
console.log(Buffer.from('\ud800').toString('hex'), Buffer.from('\udc00a').toString('hex'), Buffer.from('😀').toString('hex'));
