// Copyright 2026 The duplex authors. MIT license.

// process.emitWarning.

'use strict';

const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');

let hinted = false;
let hintedDeprecation = false;

exports.print = function (warning) {
  if (!(warning instanceof Error)) return;
  const deprecation = warning.name === 'DeprecationWarning';
  if (deprecation && process.noDeprecation) return;
  const trace = process.traceProcessWarnings || (deprecation && process.traceDeprecation);
  let text = `(node:${process.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  text += trace && warning.stack ? `${warning.stack}` : `${Error.prototype.toString.call(warning)}`;
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!trace && !(deprecation ? hintedDeprecation : hinted) && !hinted) {
    text += `\n(Use \`node --trace-${deprecation ? 'deprecation' : 'warnings'} ...\` to show where the warning was created)`;
    if (deprecation) hintedDeprecation = true;
    else hinted = true;
  }
  process.stderr.write(`${text}\n`);
};

exports.emitWarning = function emitWarning(warning, type, code, ctor) {
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ctor = type.ctor;
    code = type.code;
    if (typeof type.detail === 'string') detail = type.detail;
    type = type.type || 'Warning';
  } else if (typeof type === 'function') {
    ctor = type;
    code = '';
    type = 'Warning';
  }
  if (type !== undefined) validateString(type, 'type');
  if (typeof code === 'function') {
    ctor = code;
    code = '';
  } else if (code !== undefined) {
    validateString(code, 'code');
  }
  if (typeof warning === 'string') {
    const message = warning;
    warning = new Error(message);
    warning.name = String(type || 'Warning');
    if (code !== undefined && code !== '') warning.code = code;
    if (detail !== undefined) warning.detail = detail;
    Error.captureStackTrace(warning, ctor || emitWarning);
  } else if (!(warning instanceof Error)) {
    throw new codes.ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      process.nextTick(() => {
        throw warning;
      });
      return;
    }
  }
  process.nextTick(() => process.emit('warning', warning));
};

// fromPackage reports whether the innermost function that is not the library's is that
// of an installed package, whose user cannot mend it.
exports.fromPackage = function () {
  const flat = binding('stack').frames(100);
  for (let i = 1; i < flat.length; i += 4) {
    if (/^(\/|file:|[a-z]:\\)/i.test(flat[i])) return /[/\\]node_modules[/\\]/.test(flat[i]);
  }
  return false;
};

let rejections = 0;

// rejected warns of a rejection that nobody has handled.
exports.rejected = function (reason) {
  const say = (message) => exports.emitWarning(message, 'UnhandledPromiseRejectionWarning');
  say(reason instanceof Error ? String(reason.stack) : require('internal/inspect').inspect(reason));
  say('Unhandled promise rejection. This error originated either by throwing inside of an async function without a catch ' +
    'block, or by rejecting a promise which was not handled with .catch(). To terminate the node process on unhandled promise ' +
    'rejection, use the CLI flag `--unhandled-rejections=strict` (see ' +
    `https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: ${++rejections})`);
};
