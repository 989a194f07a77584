// Copyright 2026 The duplex authors. MIT license.

// Text and bytes between the sides of a TransformStream, and those that compress, which
// duplex cannot.

'use strict';

const { check, finish } = require('internal/web/common');
const { TransformStream } = require('internal/web/transform');
const { absent } = require('internal/absent');

class TextEncoderStream {
  #transform;
  #high = ''; // the first half of a character

  constructor() {
    const encoder = new TextEncoder();
    this.#transform = new TransformStream({
      transform: (chunk, controller) => {
        let text = this.#high + String(chunk);
        this.#high = '';
        const last = text.charCodeAt(text.length - 1);
        if (last >= 0xd800 && last <= 0xdbff) {
          this.#high = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
      flush: (controller) => {
        if (this.#high !== '') controller.enqueue(encoder.encode('\ufffd'));
      },
    });
  }

  get encoding() {
    check(#transform in this, 'TextEncoderStream');
    return 'utf-8';
  }

  get readable() {
    check(#transform in this, 'TextEncoderStream');
    return this.#transform.readable;
  }

  get writable() {
    check(#transform in this, 'TextEncoderStream');
    return this.#transform.writable;
  }
}

class TextDecoderStream {
  #transform;
  #decoder;

  constructor(encoding = 'utf-8', options = {}) {
    this.#decoder = new TextDecoder(encoding, options);
    this.#transform = new TransformStream({
      transform: (chunk, controller) => {
        const text = this.#decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush: (controller) => {
        const text = this.#decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  get encoding() {
    check(#transform in this, 'TextDecoderStream');
    return this.#decoder.encoding;
  }

  get fatal() {
    check(#transform in this, 'TextDecoderStream');
    return this.#decoder.fatal;
  }

  get ignoreBOM() {
    check(#transform in this, 'TextDecoderStream');
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    check(#transform in this, 'TextDecoderStream');
    return this.#transform.readable;
  }

  get writable() {
    check(#transform in this, 'TextDecoderStream');
    return this.#transform.writable;
  }
}
Object.defineProperty(TextDecoderStream, 'length', { value: 0 });

finish(TextEncoderStream, ['encoding', 'readable', 'writable'], function () {
  return { encoding: this.encoding, readable: this.readable, writable: this.writable };
}, false);
finish(TextDecoderStream, ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable'], function () {
  return { encoding: this.encoding, fatal: this.fatal, ignoreBOM: this.ignoreBOM, readable: this.readable, writable: this.writable };
}, false);

const web = absent('compression', 'leave it off, or run the script with node');

// compressing returns a class that is there to be looked at.
function compressing(name) {
  const Class = {
    [name]: class {
      constructor(format) {
        throw web.refuse(`new ${name}()`);
      }
      get readable() {
        throw web.refuse(name);
      }
      get writable() {
        throw web.refuse(name);
      }
    },
  }[name];
  finish(Class, ['readable', 'writable'], () => ({}));
  return Class;
}

module.exports = {
  TextEncoderStream,
  TextDecoderStream,
  CompressionStream: compressing('CompressionStream'),
  DecompressionStream: compressing('DecompressionStream'),
};
