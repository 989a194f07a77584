// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const promises = require('readline/promises');
const { PassThrough } = require('stream');
const { once } = require('events');
const { promisify } = require('util');

function make(options = {}, api = readline) {
  const input = new PassThrough();
  const output = new PassThrough();
  output.on('data', (shown) => console.log('  shown', JSON.stringify(String(shown))));
  const rl = api.createInterface({ input, output, ...options });
  for (const event of ['line', 'close', 'pause', 'resume']) rl.on(event, (...args) => console.log(' ', event, ...args));
  return { rl, input, output };
}

async function attempt(f) {
  try {
    console.log(await f());
  } catch (error) {
    console.log(error.name, error.code, error.message, error.cause?.name);
  }
}

(async () => {
  for (const terminal of [false, true]) {
    console.log('== terminal', terminal);
    const { rl, input, output } = make({ terminal, prompt: '$ ' });
    console.log(rl.terminal, rl.paused, rl.closed, rl.getPrompt(), rl.line, rl.cursor, rl.historyIndex, rl.history);
    console.log(['data', 'keypress', 'end', 'error', 'resize'].map((name) => [input.listenerCount(name), output.listenerCount(name)]));
    rl.prompt();
    console.log(rl.pause() === rl, rl.pause(), rl.paused, rl.resume() === rl, rl.resume());
    rl.pause();
    rl.prompt(true);
    rl.setPrompt('% ');
    rl.prompt();
    rl.question('name? ', (line) => console.log('  answer', line));
    rl.question('again? ', (line) => console.log('  never', line));
    input.write('bob\nmore\n');
    await new Promise(setImmediate);
    console.log(rl.getPrompt());

    const abort = new AbortController();
    rl.question('never? ', { signal: abort.signal }, (line) => console.log('  never', line));
    abort.abort();
    rl.question('not asked? ', { signal: abort.signal }, (line) => console.log('  never', line));
    input.write('a line\n');
    await new Promise(setImmediate);
    const asked = promisify(rl.question).call(rl, 'promise? ');
    input.write('kept\n');
    console.log(await asked);
    input.write('rest');
    await new Promise(setImmediate);
    input.end();
    await once(rl, 'close');
    console.log(rl.closed, rl.paused, ['data', 'keypress', 'end', 'error', 'resize'].map((name) => [input.listenerCount(name), output.listenerCount(name)]));
    rl.close();
    await attempt(() => rl.question('late? ', () => {}));
  }

  console.log('== promises');
  const { rl, input } = make({}, promises);
  const asked = rl.question('one? ');
  input.write('1\n');
  console.log(await asked);
  const abort = new AbortController();
  const never = rl.question('two? ', { signal: abort.signal });
  abort.abort(new TypeError('why'));
  await attempt(() => never);
  await attempt(() => rl.question('three? ', { signal: abort.signal }));
  await attempt(() => rl.question('four? ', { signal: 'x' }));
  rl.close();
  await attempt(() => rl.question('five? '));

  console.log('== a signal');
  const stop = new AbortController();
  const stopped = make({ signal: stop.signal });
  stop.abort();
  console.log(stopped.rl.closed);
  const before = make({ signal: AbortSignal.abort() });
  console.log(before.rl.closed);
  await new Promise(setImmediate);
  console.log(before.rl.closed);

  console.log('== iterators');
  const lines = make();
  setImmediate(() => lines.input.write('a\nb\nc\n'));
  for await (const line of lines.rl) {
    console.log('got', line);
    if (line === 'b') break;
  }
  console.log(lines.rl.closed);
  lines.rl.close();
  const rest = make();
  setImmediate(() => rest.input.end('x\ny'));
  for await (const line of rest.rl) console.log('got', line);
  console.log(rest.rl.closed);

  console.log('== arguments');
  const given = { input: new PassThrough(), output: new PassThrough() };
  for (const options of [{ completer: 1 }, { completer: null }, { history: 'x' }, { historySize: -1 }, { historySize: 'x' }, { tabSize: 0 }, { tabSize: 'x' },
    { escapeCodeTimeout: NaN }, { signal: {} }, { crlfDelay: -1 }, { prompt: 5 }]) {
    await attempt(() => {
      const made = readline.createInterface({ ...given, ...options });
      return [made.crlfDelay, made.getPrompt(), made.tabSize];
    });
  }
  console.log(Object.keys(readline), readline.Interface.length, Object.getOwnPropertyNames(readline.Interface.prototype).includes('_ttyWrite'));
  const hidden = make({ terminal: true });
  hidden.rl._writeToOutput = (text) => hidden.output.write('*'.repeat(text.length));
  hidden.input.write('secret\r');
  await new Promise(setImmediate);
  hidden.rl.close();
})();
