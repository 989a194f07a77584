// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Session, withSession } = require('internal/inspection');

module.exports = withSession(Session);
