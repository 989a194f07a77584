// Copyright 2026 The duplex authors. MIT license.

// EventEmitterAsyncResource: an emitter whose listeners run in its own context.

'use strict';

const { AsyncResource } = require('async_hooks');
const { validateString } = require('internal/validators');

const kEventEmitter = Symbol('kEventEmitter');
const kAsyncResource = Symbol('kAsyncResource');

class EventEmitterReferencingAsyncResource extends AsyncResource {
  constructor(emitter, type, options) {
    super(type, options);
    this[kEventEmitter] = emitter;
  }

  get eventEmitter() {
    return this[kEventEmitter];
  }
}

module.exports = function (EventEmitter) {
  return class EventEmitterAsyncResource extends EventEmitter {
    constructor(options = undefined) {
      let name = new.target.name;
      if (typeof options === 'string') {
        name = options;
        options = undefined;
      } else if (new.target === EventEmitterAsyncResource) {
        validateString(options?.name, 'options.name');
      }
      super(options);
      this[kAsyncResource] = new EventEmitterReferencingAsyncResource(this, options?.name || name, options);
    }

    emit(event, ...args) {
      return this.asyncResource.runInAsyncScope(super.emit, this, event, ...args);
    }

    emitDestroy() {
      this.asyncResource.emitDestroy();
    }

    get asyncId() {
      return this.asyncResource.asyncId();
    }

    get triggerAsyncId() {
      return this.asyncResource.triggerAsyncId();
    }

    get asyncResource() {
      return this[kAsyncResource];
    }
  };
};
