// Copyright 2026 The duplex authors. MIT license.

'use strict';

const path = require('path');

console.log(path.basename(__filename), __dirname === path.dirname(__filename), require.main === module, module.id);
console.log(module.filename === __filename, module.loaded, module.parent, module.children.length, this === module.exports, module.paths.length > 0);
console.log(typeof require.resolve, require.resolve('fs'), path.basename(require.resolve('./parts/folder')), Object.keys(require.cache).length);
console.log(require('module').builtinModules.includes('net'), require('module').isBuiltin('node:net'), arguments.length);
