// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-'));
const from = path.join(folder, 'from');
const to = path.join(folder, 'to');
fs.writeFileSync(from, Buffer.alloc(200000, 'abc'));
pipeline(fs.createReadStream(from), fs.createWriteStream(to), (e) => {
  console.log(e, fs.readFileSync(to).equals(fs.readFileSync(from)));
  fs.createReadStream(from, { start: 3, end: 7, encoding: 'utf8' }).on('data', (text) => console.log(text)).on('close', () => fs.rmSync(folder, { recursive: true }));
});
fs.createReadStream('/nowhere').on('error', (e) => console.log(e.code, e.syscall));
