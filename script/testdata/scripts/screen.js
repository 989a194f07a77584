// Copyright 2026 The duplex authors. MIT license.

// A terminal without a terminal: what readline shows for keys that are pressed, and where
// it says that its cursor is.

'use strict';

const { PassThrough } = require('stream');
const { inspect } = require('util');

exports.ESC = '\x1b';

exports.press = function (readline, title, keys, { columns = 20, resize, events = [], ...options } = {}) {
  return new Promise((resolve) => {
    const log = [];
    const input = new PassThrough();
    const output = new PassThrough();
    output.isTTY = true;
    output.columns = columns;
    output.on('data', (shown) => log.push(JSON.stringify(String(shown))));
    const rl = readline.createInterface({ input, output, prompt: '> ', crlfDelay: Infinity, ...options });
    for (const event of ['line', 'close', 'pause', 'resume', 'history', ...events]) {
      rl.on(event, (...args) => log.push(event + inspect(args)));
    }
    rl.prompt();
    const next = () => {
      const key = keys.shift();
      if (key === undefined || rl.closed) {
        if (resize) {
          output.columns = resize;
          output.emit('resize');
        }
        rl.close();
        setImmediate(() => {
          console.log(`== ${title}\n${log.join('\n')}`);
          resolve();
        });
        return;
      }
      log.push(`  ${JSON.stringify(key)}`);
      input.write(key);
      setImmediate(setImmediate, () => {
        const { cols, rows } = rl.getCursorPos();
        log.push(`${JSON.stringify(rl.line)} at ${rl.cursor}, ${cols}:${rows} ${rl.prevRows}, history ${rl.historyIndex}`);
        next();
      });
    };
    setImmediate(next);
  });
};
