// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A child that aborts has ended by a signal, and has no code.
const { spawn } = require('child_process');
const child = spawn(process.execPath, ['-e', 'process.abort()'], { stdio: 'ignore' });
child.on('exit', (code, signal) => console.log('exit', code, signal));
child.on('close', (code, signal) => console.log('close', code, signal));
