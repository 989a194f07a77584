// Copyright 2026 The duplex authors. MIT license.

'use strict';

module.exports = class Packaged {
  static where = module.id.split(/[\\/]/).slice(-3).join('/');
};
