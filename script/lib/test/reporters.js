// Copyright 2026 The duplex authors. MIT license.

// Reporters are for test runs over many files, which duplex does not have.

'use strict';

const { Transform } = require('stream');
const { absent } = require('internal/absent');

const test = absent('test runs', 'read what a script of tests prints, or run it with node');

module.exports = {
  ...test.functions('dot junit', 'reporters'),
  spec: test.type('spec', Transform),
  ...test.functions('tap', 'reporters'),
  lcov: {},
};
