// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { absent } = require('internal/absent');

module.exports = {
  ...absent('trace_events', 'run the script with node').functions('createTracing'),
  getEnabledCategories() {}, // there are none
};
