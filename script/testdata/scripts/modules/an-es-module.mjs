// Copyright 2026 The duplex authors. MIT license.

import net, { isIP } from 'node:net';
import * as values from './parts/values.mjs';
import Thing, { changing, change } from './parts/values.mjs';
import common from './parts/common.cjs';
import { readFileSync } from 'fs';
import { fileURLToPath } from 'url';

console.log(net.isIP === isIP, new Thing().name, changing, values.one, common.named);
change();
console.log(changing, Object.keys(values));
console.log(import.meta.url.startsWith('file://'), fileURLToPath(import.meta.url).endsWith('an-es-module.mjs'), readFileSync(new URL(import.meta.url), 'utf8').length > 0);
console.log(this, typeof require, typeof module, await Promise.resolve('awaited at the top'));
