// Copyright 2026 The duplex authors. MIT license.

// Checks of arguments that throw what Node's throw.

'use strict';

const { codes } = require('internal/errors');

exports.validateString = function (value, name) {
  if (typeof value !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, 'string', value);
};

exports.validateBoolean = function (value, name) {
  if (typeof value !== 'boolean') throw new codes.ERR_INVALID_ARG_TYPE(name, 'boolean', value);
};

exports.validateFunction = function (value, name) {
  if (typeof value !== 'function') throw new codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
};

exports.validateObject = function (value, name, { nullable = false, array = false, functions = false } = {}) {
  const fits = (nullable && value === null) ||
    (value !== null && typeof value === 'object' && (array || !Array.isArray(value))) ||
    (functions && typeof value === 'function');
  if (!fits) throw new codes.ERR_INVALID_ARG_TYPE(name, 'Object', value);
};

exports.validateArray = function (value, name) {
  if (!Array.isArray(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'Array', value);
};

exports.validateNumber = function (value, name, min = undefined, max = undefined) {
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if ((min !== undefined && value < min) || (max !== undefined && value > max) || (Number.isNaN(value) && (min ?? max) !== undefined)) {
    const low = min === undefined ? '' : `>= ${min}`;
    const high = max === undefined ? '' : `<= ${max}`;
    throw new codes.ERR_OUT_OF_RANGE(name, low && high ? `${low} && ${high}` : low || high, value);
  }
};

exports.validateInteger = function (value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value)) throw new codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw new codes.ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
};

exports.validateInt32 = (value, name, min = -(2 ** 31), max = 2 ** 31 - 1) => exports.validateInteger(value, name, min, max);
exports.validateUint32 = (value, name, positive = false) => exports.validateInteger(value, name, positive ? 1 : 0, 2 ** 32 - 1);

exports.validateOneOf = function (value, name, allowed) {
  if (!allowed.includes(value)) {
    const words = allowed.map((v) => (typeof v === 'string' ? `'${v}'` : String(v))).join(', ');
    throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${words}`);
  }
};

exports.validateBuffer = function (value, name = 'buffer') {
  if (!ArrayBuffer.isView(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], value);
};

exports.validateAbortSignal = function (value, name) {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'AbortSignal', value);
  }
};
