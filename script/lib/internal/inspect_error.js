// Copyright 2026 The duplex authors. MIT license.

// How errors look: their stack, and their class where it does not say.

'use strict';

const { prefix } = require('internal/inspect_names');

const asString = Error.prototype.toString;
const firstFrame = '\n    at';

const stackOf = (error) => (error.stack ? String(error.stack) : asString.call(error));

// errorBase returns how error looks before its properties, and takes those from
// keys that it says already, and adds the ones to be shown besides.
exports.errorBase = function (look, error, name, tag, keys) {
  let stack = stackOf(error);
  if (!look.showHidden && keys.length > 0) {
    for (const said of ['name', 'message', 'stack']) {
      const at = keys.indexOf(said);
      if (at >= 0 && stack.includes(error[said])) keys.splice(at, 1);
    }
  }
  if ('cause' in error && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(error.errors) && !keys.includes('errors')) keys.push('errors');

  stack = withClass(stack, name, error.name == null ? 'Error' : String(error.name), tag);
  const message = error.message ? stack.indexOf(error.message) : -1;
  const behind = message < 0 ? 0 : message + error.message.length;
  const start = stack.indexOf(firstFrame, behind);
  if (start < 0) return indented(look, `[${stack}]`);
  let lines = framesOf(look, error, stack.slice(start + 1));
  if (look.colors) lines = lines.map((line) => colored(look, line));
  return indented(look, `${stack.slice(0, start)}\n${lines.join('\n')}`);
};

const indented = (look, text) => (look.indentation > 0 ? text.replaceAll('\n', `\n${' '.repeat(look.indentation)}`) : text);

// withClass makes the first line of a stack name the class of the error.
function withClass(stack, name, called, tag) {
  if (name === null) {
    const start = /^[A-Za-z_][\w -]*(?=:|\n|$)/.exec(stack);
    const said = start === null || !/Error|^[A-Z]/.test(start[0]) ? '' : start[0];
    return `${prefix(null, tag, said || 'Error').slice(0, -1)}${stack.slice(said.length)}`;
  }
  const end = stack[called.length];
  if (!called.endsWith('Error') || !stack.startsWith(called) || (end !== undefined && end !== ':' && end !== '\n')) return stack;
  const label = prefix(name, tag, 'Error').slice(0, -1);
  if (label === called) return stack;
  const rest = stack.slice(called.length);
  return label.includes(called) ? label + rest : `${label} [${called}]${rest}`;
}

// framesOf returns the lines of a stack without those that the stack of the
// cause repeats, if they are many.
function framesOf(look, error, text) {
  const lines = text.split('\n');
  const { cause } = error;
  if (binding('inspect').kind(cause) !== 'Error' && !(cause instanceof Error)) return lines;
  const stack = stackOf(cause);
  const start = stack.indexOf(firstFrame);
  if (start < 0) return lines;
  const others = stack.slice(start + 1).split('\n');
  for (let i = 0; i < lines.length - 3; i++) {
    const at = others.indexOf(lines[i]);
    if (at < 0) continue;
    let same = 1;
    while (i + same < lines.length && at + same < others.length && lines[i + same] === others[at + same]) same++;
    if (same > 3) {
      lines.splice(i + 1, same - 2, look.stylize(`    ... ${same - 2} lines matching cause stack trace ...`, 'undefined'));
      break;
    }
  }
  return lines;
}

// colored grays what is not the script's and underlines modules' names.
function colored(look, line) {
  if (/^ {4}at (?:.* \()?node:/.test(line)) return look.stylize(line, 'undefined');
  return line.replace(/([\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)/g, (all, folder, name) => folder + look.stylize(name, 'module'));
}
