// Copyright 2026 The duplex authors. MIT license.

// All constants in one place.

'use strict';

const { constants } = require('os');

Object.assign(exports, constants.dlopen, constants.errno, constants.priority, constants.signals, require('fs').constants,
  require('crypto').constants);
