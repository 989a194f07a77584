// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-'));
const file = path.join(folder, 'a.txt');
fs.writeFileSync(file, 'first\n');
fs.appendFileSync(file, Buffer.from('second\n'));
console.log(fs.readFileSync(file), JSON.stringify(fs.readFileSync(file, 'utf8')), fs.existsSync(file), fs.existsSync(folder + '/b'));
const stat = fs.statSync(file);
console.log(stat.isFile(), stat.isDirectory(), stat.size, typeof stat.mtimeMs, stat.mtime instanceof Date);
fs.mkdirSync(path.join(folder, 'x', 'y'), { recursive: true });
fs.renameSync(file, path.join(folder, 'x', 'b.txt'));
fs.copyFileSync(path.join(folder, 'x', 'b.txt'), path.join(folder, 'c.txt'));
console.log(fs.readdirSync(folder), fs.readdirSync(path.join(folder, 'x'), { withFileTypes: true }).map((e) => [e.name, e.isDirectory()]));
fs.unlinkSync(path.join(folder, 'c.txt'));
fs.rmSync(folder, { recursive: true });
console.log(fs.existsSync(folder));
