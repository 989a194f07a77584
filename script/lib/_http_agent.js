// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Agent, globalAgent } = require('http');

module.exports = { Agent, globalAgent };
