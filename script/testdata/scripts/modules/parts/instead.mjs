// Copyright 2026 The duplex authors. MIT license.

const instead = { of: 'the namespace' };
export default 'not this';
export { instead as 'module.exports' };
