// Copyright 2026 The duplex authors. MIT license.

// Modules that duplex does not have. A script may load them, look at their names and
// extend their classes, as many packages do that never use them. What it calls throws.

'use strict';

function define(object, name, descriptor) {
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
}

// absent describes the module of a name. advice is what to do without it.
exports.absent = function (module, advice) {
  function refuse(what) {
    const code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
    const error = new Error(`duplex has no ${module}, so ${what} does not work; ${advice}`);
    error.code = code;
    require('internal/errors').decorate(error, `Error [${code}]`);
    return error;
  }

  function refusing(name, what) {
    return {
      [name](...args) {
        throw refuse(what);
      },
    }[name];
  }

  // functions returns an object of functions with the names of a list.
  function functions(list, object = module) {
    const found = {};
    for (const name of list.split(' ')) found[name] = refusing(name, `${object}.${name}()`);
    return found;
  }

  // type returns a class that extends base (nothing, if it is null) and whose prototype
  // has the members of a list: methods, and accessors, which have @ after their names.
  // Without make, which makes the object if that asks for nothing, it cannot be made.
  function type(name, base, list = '', make = undefined) {
    const Type = {
      [name]: function (...args) {
        if (make === undefined) throw refuse(`new ${module}.${name}()`);
        if (!(this instanceof Type)) return new Type(...args);
        make.apply(this, args);
      },
    }[name];
    if (base !== null) {
      Object.setPrototypeOf(Type, base);
      Object.setPrototypeOf(Type.prototype, base.prototype);
    }
    for (const member of list.split(' ').filter(Boolean)) {
      if (member.endsWith('@')) define(Type.prototype, member.slice(0, -1), { get: () => undefined, set() {} });
      else define(Type.prototype, member, { value: refusing(member, `${module}.${name}.prototype.${member}()`), writable: true, enumerable: true });
    }
    return Type;
  }

  return { functions, type, refuse };
};

// constants returns an object whose properties stay as they are, from lines of
// NAME=VALUE.
exports.constants = function (text) {
  const object = Object.create(null);
  for (const line of text.trim().split(/\s+/)) {
    const at = line.indexOf('=');
    Object.defineProperty(object, line.slice(0, at), { value: Number(line.slice(at + 1)), enumerable: true });
  }
  return object;
};
