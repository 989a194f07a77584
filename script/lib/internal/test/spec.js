// Copyright 2026 The duplex authors. MIT license.

// What a person reads at a terminal.

'use strict';

const { inspect } = require('internal/inspect');

const colored = (code, text) => `\x1b[${code}m${text}\x1b[39m`;
const [red, green, blue, gray] = [31, 32, 34, 90];
const indentOf = (nesting) => '  '.repeat(nesting);

function errorText(indent, { failureType, cause, message }) {
  if (failureType === 'subtestsFailed') return '';
  const shown = failureType.startsWith('test') && failureType !== 'testCodeFailure' ? message : cause;
  const text = typeof shown === 'string' && shown === message ? colored(green, inspect(shown)) : inspect(shown, { colors: true });
  return `${text.split('\n').map((line) => `${indent}  ${line}`).join('\n')}\n`;
}

function line(indent, passed, { name, details, skip, todo }) {
  const time = colored(gray, `(${details.duration_ms}ms)`);
  const note = skip !== undefined ? ` # ${skip === true || skip === '' ? 'SKIP' : skip}` : todo !== undefined ? ` # ${todo === true || todo === '' ? 'TODO' : todo}` : '';
  if (skip !== undefined) return `${indent}${colored(gray, `\ufe63 ${name} ${time}${note}`)}\n`;
  return `${indent}${colored(passed ? green : red, `${passed ? '\u2714' : '\u2716'} ${name} ${time}${note}`)}\n`;
}

// spec returns a function that makes text of events.
exports.spec = function () {
  const open = []; // names of tests whose children print
  const failed = [];
  let starts = []; // of tests that have not printed yet

  // heads prints the names of the tests around one that prints.
  function heads(nesting) {
    let text = '';
    for (let i = open.length; i < nesting; i++) {
      const name = starts[i];
      open.push(name);
      text += `${indentOf(i)}\u25b6 ${name}\n`;
    }
    return text;
  }

  return ({ type, data }) => {
    switch (type) {
      case 'test:start':
        starts = starts.slice(0, data.nesting);
        starts[data.nesting] = data.name;
        return '';
      case 'test:pass':
      case 'test:fail': {
        const indent = indentOf(data.nesting);
        const passed = type === 'test:pass';
        const text = heads(data.nesting);
        open.length = data.nesting;
        const own = line(indent, passed, data);
        if (passed) return text + own;
        const error = errorText(indent, data.details.error);
        if (error !== '') failed.push(data);
        return `${text}${own}${error}${error === '' ? '' : '\n'}`;
      }
      case 'test:diagnostic':
        return `${indentOf(data.nesting)}${colored(blue, `\u2139 ${data.message}`)}\n`;
      case 'test:over': {
        if (failed.length === 0) return '';
        let text = `\n${colored(red, '\u2716 failing tests:')}\n`;
        for (const one of failed) {
          if (one.file !== undefined) text += `\ntest at ${require('path').relative(process.cwd(), one.file)}:${one.line}:${one.column}\n`;
          text += line('', false, one) + errorText('', one.details.error);
        }
        return text;
      }
      default:
        return '';
    }
  };
};
