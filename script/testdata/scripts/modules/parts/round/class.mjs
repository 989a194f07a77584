// Copyright 2026 The duplex authors. MIT license.

export default class { static said() { return this.name; } }
