// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('warning', (w) => console.log(w.name, w.code, w.message));
process.emitWarning('mind the gap');
process.emitWarning('old way', 'DeprecationWarning', 'MY001');
process.emitWarning('old way', 'DeprecationWarning', 'MY001');
process.emitWarning(Object.assign(new Error('as an error'), { name: 'OwnWarning' }));
