// Copyright 2026 The duplex authors. MIT license.

// A script that is none: the text ends too early.
const a = [1, 2;
console.log(a);
