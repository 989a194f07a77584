// Copyright 2026 The duplex authors. MIT license.

export const __esModule = true;
export default 'of its own';
