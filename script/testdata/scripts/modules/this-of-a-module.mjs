// A module without an export has no this either. Compilers write such lines.
import fs from 'fs';
var awaiter = (this && this.__awaiter) || 'ours';
(function (root) {
  console.log(typeof root, awaiter, typeof fs.readFileSync);
})(this);
async function* bad() {
  yield 1;
  throw new Error('first');
}
async function* good() {
  yield 2;
}
try {
  for await (const x of bad()) console.log(x);
} catch (error) {
  console.log(error.message);
}
for await (const x of good()) console.log(x);
