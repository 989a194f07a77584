// Copyright 2026 The duplex authors. MIT license.

// A chat client. What others say comes above the line that is being typed.

'use strict';

const net = require('net');
const readline = require('readline');

const socket = net.connect(Number(process.argv[2]), '127.0.0.1', () => {
  const rl = readline.createInterface({ input: process.stdin, output: process.stdout, prompt: 'me> ' });
  rl.prompt();
  rl.on('line', (line) => {
    socket.write(`${line}\n`);
    rl.prompt();
  });
  rl.on('SIGINT', () => {
    process.stdout.write('\r\n(Ctrl-D leaves)\n');
    rl.prompt(true);
  });
  rl.on('close', () => {
    console.log('bye');
    socket.end();
  });
  process.stdout.on('resize', () => {
    readline.cursorTo(process.stdout, 0);
    process.stdout.clearLine(0);
    console.log(`now ${process.stdout.getWindowSize().join('x')}`);
    rl.prompt(true);
  });
  readline.createInterface({ input: socket }).on('line', (said) => {
    readline.cursorTo(process.stdout, 0);
    readline.clearLine(process.stdout, 0);
    console.log(said);
    rl.prompt(true);
  });
});
