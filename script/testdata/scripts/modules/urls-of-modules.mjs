// Copyright 2026 The duplex authors. MIT license.

// A module is one by its whole URL, and a URL may be the text.

import * as one from './parts/values.mjs';
import * as other from './parts/values.mjs?other';
import * as again from './parts/values.mjs?other';
import text, { where } from 'data:text/javascript,export default 5; export const where = import.meta.url.slice(0, 20);';

console.log(one === other, other === again, (await import('./parts/values.mjs?other#else')) === other);
console.log((await import(`${import.meta.resolve('./parts/values.mjs')}?other`)) === other, import.meta.resolve('./x.mjs?a=1#b').slice(-11));
console.log((await import('./parts/common.cjs?1')).default === (await import('./parts/common.cjs?2')).default);
console.log(text, where);
const tell = (url) => import(url).then((space) => console.log(space), (error) => console.log(error.code, error.name, error.message));
await tell('data:text/javascript,import fs from "fs"; export const t = typeof fs.readFileSync; export const n = "a%20b"; export const m = Object.keys(import.meta)');
await tell(`data:text/javascript;base64,${btoa('export default "ab".length')}`);
await tell('data:text/javascript;charset=utf-8,export default await 1');
await tell('data:text/javascript,import "./x.mjs"');
await tell('data:text/javascript,import "left"');
await tell('data:text/plain,x');
await tell('data:nonsense');
await tell('data:text/javascript,throw new RangeError("thrown")');
await tell(`data:text/javascript,export { default as it } from ${JSON.stringify(import.meta.resolve('./parts/round/arrow.mjs'))}`);
