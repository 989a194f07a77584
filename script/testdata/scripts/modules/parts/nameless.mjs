// Copyright 2026 The duplex authors. MIT license.

export const one = 1;
export const two = [2];
