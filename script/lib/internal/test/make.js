// Copyright 2026 The duplex authors. MIT license.

// How a script makes tests.

'use strict';

// arrange sorts the arguments of test and describe, of which each may be left out.
function arrange(name, options, fn) {
  if (typeof name === 'function') [name, options, fn] = [undefined, {}, name];
  else if (name !== null && typeof name === 'object') [name, options, fn] = [undefined, name, options];
  else if (typeof options === 'function') [options, fn] = [{}, options];
  if (options === null || typeof options !== 'object') options = {};
  return { name, options, fn };
}

// add makes a child of a test.
exports.add = function (parent, name, options, fn, more = {}, isSuite = false) {
  const what = arrange(name, options, fn);
  what.options = { ...what.options, ...more };
  return parent.add({ ...what, isSuite });
};

// maker returns test or describe, with its variants.
exports.maker = function (isSuite) {
  const { Test } = require('internal/test/tree');
  const parentOf = () => {
    const { current } = Test;
    return current === undefined || current.finished ? require('internal/test/root').root() : current;
  };
  const make = (more) => (name, options, fn) => {
    const parent = parentOf();
    const child = exports.add(parent, name, options, fn, more, isSuite);
    // The children of a suite run when it is built, so nothing may wait for them before.
    return isSuite || parent.isSuite ? Promise.resolve() : child.ended;
  };
  const maker = make({});
  for (const variant of ['skip', 'todo', 'only']) {
    maker[variant] = make({ [variant]: true });
    Object.defineProperty(maker[variant], 'name', { value: '' });
  }
  return maker;
};
