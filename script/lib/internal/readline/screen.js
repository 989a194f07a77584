// Copyright 2026 The duplex authors. MIT license.

// Where a terminal writes next, and what it forgets.

'use strict';

const { codes, define } = require('internal/errors');
const { validateFunction } = require('internal/validators');

if (!codes.ERR_INVALID_CURSOR_POS) define('ERR_INVALID_CURSOR_POS', TypeError, 'Cannot set cursor row without setting its column');

const ESC = '\x1b[';

function send(stream, text, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || text === '') {
    if (typeof callback === 'function') process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

exports.clearLine = function clearLine(stream, dir, callback) {
  return send(stream, dir < 0 ? `${ESC}1K` : dir > 0 ? `${ESC}0K` : `${ESC}2K`, callback);
};

exports.clearScreenDown = function clearScreenDown(stream, callback) {
  return send(stream, `${ESC}0J`, callback);
};

exports.cursorTo = function cursorTo(stream, x, y, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  if (Number.isNaN(x)) throw new codes.ERR_INVALID_ARG_VALUE('x', x);
  if (Number.isNaN(y)) throw new codes.ERR_INVALID_ARG_VALUE('y', y);
  if (stream === null || stream === undefined || (typeof x !== 'number' && typeof y !== 'number')) return send(null, '', callback);
  if (typeof x !== 'number') throw new codes.ERR_INVALID_CURSOR_POS();
  return send(stream, typeof y !== 'number' ? `${ESC}${x + 1}G` : `${ESC}${y + 1};${x + 1}H`, callback);
};

exports.moveCursor = function moveCursor(stream, dx, dy, callback) {
  let text = '';
  if (dx < 0) text += `${ESC}${-dx}D`;
  else if (dx > 0) text += `${ESC}${dx}C`;
  if (dy < 0) text += `${ESC}${-dy}A`;
  else if (dy > 0) text += `${ESC}${dy}B`;
  return send(stream, text, callback);
};
