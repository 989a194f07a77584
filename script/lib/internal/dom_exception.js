// Copyright 2026 The duplex authors. MIT license.

// DOMException: the errors of what comes from the web.

'use strict';

// Constants by their number, from 1; the names of errors that have one of them.
const constants = [
  'INDEX_SIZE', 'DOMSTRING_SIZE', 'HIERARCHY_REQUEST', 'WRONG_DOCUMENT', 'INVALID_CHARACTER', 'NO_DATA_ALLOWED',
  'NO_MODIFICATION_ALLOWED', 'NOT_FOUND', 'NOT_SUPPORTED', 'INUSE_ATTRIBUTE', 'INVALID_STATE', 'SYNTAX',
  'INVALID_MODIFICATION', 'NAMESPACE', 'INVALID_ACCESS', 'VALIDATION', 'TYPE_MISMATCH', 'SECURITY', 'NETWORK', 'ABORT',
  'URL_MISMATCH', 'QUOTA_EXCEEDED', 'TIMEOUT', 'INVALID_NODE_TYPE', 'DATA_CLONE',
];
const names = {
  __proto__: null,
  IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5, NoModificationAllowedError: 7,
  NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10, InvalidStateError: 11, SyntaxError: 12,
  InvalidModificationError: 13, NamespaceError: 14, InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18,
  NetworkError: 19, AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

class DOMException {
  #message;
  #name = 'Error';

  constructor(message = '', options = 'Error') {
    Error.captureStackTrace(this);
    this.#message = `${message}`;
    if (options !== null && typeof options === 'object') {
      if (options.name !== undefined) this.#name = `${options.name}`;
      if ('cause' in options) {
        Object.defineProperty(this, 'cause', { value: options.cause, writable: true, configurable: true });
      }
    } else {
      this.#name = `${options}`;
    }
    const { stack } = this;
    const frames = String(stack).indexOf('\n    at ');
    Object.defineProperty(this, 'stack', {
      value: `${this.#name}${this.#message && ': '}${this.#message}${frames < 0 ? '' : stack.slice(frames)}`,
      writable: true,
      configurable: true,
    });
  }

  static #check(self) {
    if (self === null || typeof self !== 'object' || !(#message in self)) {
      throw new (require('internal/errors').codes.ERR_INVALID_THIS)('DOMException');
    }
    return self;
  }

  get name() { return DOMException.#check(this).#name; }
  get message() { return DOMException.#check(this).#message; }
  get code() { return names[DOMException.#check(this).#name] ?? 0; }
}

Object.setPrototypeOf(DOMException.prototype, Error.prototype);
for (const name of ['name', 'message', 'code']) Object.defineProperty(DOMException.prototype, name, { enumerable: true });
constants.forEach((name, i) => {
  const constant = { value: i + 1, enumerable: true };
  Object.defineProperty(DOMException, `${name}_ERR`, constant);
  Object.defineProperty(DOMException.prototype, `${name}_ERR`, constant);
});
Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: 'DOMException', configurable: true });

exports.DOMException = DOMException;
