// Copyright 2026 The duplex authors. MIT license.

'use strict';

exports.tried = true;
throw new Error('this module does not want to load');
