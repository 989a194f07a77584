// Copyright 2026 The duplex authors. MIT license.

module.exports = { default: 'the default', named: 'a name' };
