// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Socket } = require('net');
const { absent } = require('internal/absent');

module.exports = absent('stream_wrap', 'use the stream itself, or run the script with node').type('JSStreamSocket', Socket,
  'isClosing readStart readStop doShutdown finishShutdown doWrite finishWrite doClose');
