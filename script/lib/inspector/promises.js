// Copyright 2026 The duplex authors. MIT license.

'use strict';

const inspection = require('internal/inspection');

class Session extends inspection.Session {
  post(...args) {
    return super.post(...args);
  }
}

module.exports = inspection.withSession(Session);
