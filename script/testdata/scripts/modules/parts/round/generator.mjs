// Copyright 2026 The duplex authors. MIT license.

export default async function* () { yield 1; }
