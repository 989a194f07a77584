// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { absent } = require('internal/absent');

module.exports = {
  isSea: () => false,
  ...absent('sea', 'read a file').functions('getAsset getRawAsset getAssetAsBlob'),
};
