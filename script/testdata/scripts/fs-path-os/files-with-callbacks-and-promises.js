// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-'));
const file = path.join(folder, 'a.txt');
fs.writeFile(file, 'by a callback', (e) => {
  console.log('written', e);
  fs.readFile(file, 'utf8', async (e, text) => {
    console.log('read', e, text);
    await fs.promises.appendFile(file, ', and a promise');
    console.log(await fs.promises.readFile(file, 'utf8'), (await fs.promises.stat(file)).size);
    await fs.promises.readFile('/nowhere').catch((e) => console.log(e.code, e.message));
    await fs.promises.rm(folder, { recursive: true });
    fs.readFile(file, (e) => console.log(e.code));
  });
});
console.log('returned');
