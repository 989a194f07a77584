// Copyright 2026 The duplex authors. MIT license.

// The Test Anything Protocol, version 13, with details in YAML.

'use strict';

const { inspect } = require('internal/inspect');

const indentOf = (nesting) => '    '.repeat(nesting);
const escape = (text) => String(text).replace(/\\/g, '\\\\').replace(/#/g, '\\#').replace(/\n/g, '\\\\n').replace(/\t/g, '\\\\t').replace(/\r/g, '\\\\r');

// These failures are told by what has caused them.
const unwrapped = new Set(['testCodeFailure', 'hookFailed', 'uncaughtException', 'unhandledRejection']);

function yaml(indent, name, value, seen = new Set()) {
  const head = `${indent}  ${name}:`;
  if (value === undefined) return '';
  if (value === null) return `${head} ~\n`;
  if (typeof value === 'string') {
    const lines = value.split('\n');
    return lines.length === 1 ? `${head} ${inspect(value)}\n` : `${head} |-\n${lines.map((line) => `${indent}    ${line}\n`).join('')}`;
  }
  if (typeof value !== 'object') return `${head} ${inspect(value, { colors: false, breakLength: Infinity })}\n`;
  if (seen.has(value)) return `${head} <Circular>\n`;
  seen.add(value);
  let text = value instanceof Date ? `${head} ${inspect(value.toISOString())}\n` : `${head}\n`;
  for (const key of Object.keys(value)) text += yaml(`${indent}  `, key, value[key], seen);
  if (value instanceof Error) text += errorLines(`${indent}  `, value, seen);
  return text;
}

const isAssertion = (error) => error !== null && typeof error === 'object' && 'expected' in error && 'actual' in error;

function errorLines(indent, failure, seen) {
  const cause = failure.code === 'ERR_TEST_FAILURE' && unwrapped.has(failure.failureType) ? failure.cause : undefined;
  const error = cause !== null && typeof cause === 'object' ? cause : failure;
  let text = yaml(indent, 'error', error.message ?? failure.message ?? '<unknown error>', seen);
  const code = error.code ?? failure.code;
  if (code) text += yaml(indent, 'code', code, seen);
  if (error.name && error.name !== 'Error') text += yaml(indent, 'name', error.name, seen);
  if (isAssertion(error)) {
    text += yaml(indent, 'expected', error.expected, new Set()) + yaml(indent, 'actual', error.actual, new Set());
    if (error.operator) text += yaml(indent, 'operator', error.operator, seen);
  }
  const frames = String(error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')).map((line) => line.slice(7));
  if (frames.length > 0) text += `${indent}  stack: |-\n${frames.map((line) => `${indent}    ${line}\n`).join('')}`;
  return text;
}

function result(word, { name, nesting, testNumber, details, skip, todo, file, line, column }) {
  const indent = indentOf(nesting);
  let text = `${indent}${word} ${testNumber} - ${escape(name)}`;
  if (skip !== undefined) text += ` # SKIP${typeof skip === 'string' && skip !== '' ? ` ${escape(skip)}` : ''}`;
  else if (todo !== undefined) text += ` # TODO${typeof todo === 'string' && todo !== '' ? ` ${escape(todo)}` : ''}`;
  text += `\n${indent}  ---\n${yaml(indent, 'duration_ms', details.duration_ms)}${yaml(indent, 'type', details.type)}`;
  if (details.error) {
    if (file !== undefined) text += yaml(indent, 'location', `${pathOf(file)}:${line}:${column}`);
    text += yaml(indent, 'failureType', details.error.failureType) + errorLines(indent, details.error, new Set());
  }
  return `${text}${indent}  ...\n`;
}

const pathOf = (file) => (file.startsWith('file:') ? require('url').fileURLToPath(file) : file);

// tap returns a function that makes text of events.
exports.tap = function () {
  let begun = false;
  return ({ type, data }) => {
    const head = begun ? '' : 'TAP version 13\n';
    begun = true;
    switch (type) {
      case 'test:start':
        return `${head}${indentOf(data.nesting)}# Subtest: ${escape(data.name)}\n`;
      case 'test:pass':
        return head + result('ok', data);
      case 'test:fail':
        return head + result('not ok', data);
      case 'test:plan':
        return `${head}${indentOf(data.nesting)}1..${data.count}\n`;
      case 'test:diagnostic':
        return `${head}${indentOf(data.nesting)}# ${escape(data.message)}\n`;
      default:
        return head;
    }
  };
};
