// Copyright 2026 The duplex authors. MIT license.

// Messages between a process and its child, in Node's form, so that either may be
// Node's: each is a line of JSON. One that begins with {"cmd":"NODE_ is about the
// channel: NODE_HANDLE comes with a descriptor, and is answered by NODE_HANDLE_ACK
// or NODE_HANDLE_NACK before the next one is sent.

'use strict';

const EventEmitter = require('events');
const { codes, define } = require('internal/errors');
const { validateObject } = require('internal/validators');
const uv = require('internal/uv');
const native = binding('child_process');

define('ERR_IPC_CHANNEL_CLOSED', Error, 'Channel closed');
define('ERR_IPC_DISCONNECTED', Error, 'IPC channel is already disconnected');

const most = 128 * 1024; // bytes that wait, from which on send returns false
const attempts = 3;

const isInternal = (message) => message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
  message.cmd.startsWith('NODE_');

// The handles that can be sent, by their names in messages.
const kinds = {
  'net.Native': {
    is: (value) => require('internal/net_handle').isHandle(value),
    handle: (value) => value,
    receive: (handle, done) => done(handle),
  },
  'net.Server': {
    is: (value) => value instanceof require('net').Server,
    handle: (server) => server._handle,
    listens: true,
    receive(handle, done) {
      const server = new (require('net').Server)();
      server.listen(handle, () => done(server));
    },
  },
  'net.Socket': {
    is: (value) => value instanceof require('net').Socket,
    handle: (socket) => socket._handle,
    // The socket stays behind without its connection, and its server knows where that is.
    leave(socket, { keepOpen }, end) {
      const handle = socket._handle;
      const key = socket.server ? sockets().sent(end, socket.server) : undefined;
      if (keepOpen) return key;
      handle.readStop();
      handle.reading = false;
      socket.setTimeout(0);
      socket._handle = null;
      if (socket.server) socket.server._connections--;
      return key;
    },
    sent(handle, { keepOpen }) {
      if (!keepOpen) handle.close();
    },
    receive(handle, done, end, key) {
      const socket = new (require('net').Socket)({ handle, readable: true, writable: true });
      if (key) sockets().received(end, key, socket);
      done(socket);
    },
  },
};

const sockets = () => require('internal/socket_list');

function kindOf(value) {
  const found = Object.keys(kinds).find((name) => kinds[name].is(value));
  if (found === undefined) throw new codes.ERR_INVALID_HANDLE_TYPE();
  return found;
}

// opened makes a handle of a descriptor that has come.
function opened(fd, kind) {
  if (fd < 0) return undefined;
  const { TCP, Pipe } = require('internal/net_handle');
  require('net');
  const Handle = binding('net').kind(fd) === 'TCP' ? TCP : Pipe;
  const listens = kind.listens || binding('net').listens(fd);
  const handle = new Handle(listens ? Handle.constants.SERVER : Handle.constants.SOCKET);
  return handle.open(fd) === 0 ? handle : undefined;
}

// Channel is process.channel, and a child's.
class Channel extends EventEmitter {
  #native;
  #listeners = 0;
  #told = false; // ref or unref were called

  constructor(channel) {
    super();
    this.#native = channel;
  }

  // For listeners of 'message' and 'disconnect': they keep the child alive.
  refCounted() {
    if (++this.#listeners === 1 && !this.#told) this.hold(true);
  }

  unrefCounted() {
    if (--this.#listeners === 0 && !this.#told) this.hold(false);
  }

  hold(flag) {
    native.channelHold(this.#native, flag);
  }

  ref() {
    this.#told = true;
    this.hold(true);
  }

  unref() {
    this.#told = true;
    this.hold(false);
  }

  get fd() {
    return native.channelDescriptor(this.#native);
  }
}

// connect makes target, which is process or a child, one end of a channel. It calls
// over when that is at its end.
exports.connect = function (target, end, serialization, over) {
  const form = forms[serialization]();
  const control = new Channel(end);
  let pending = null; // messages that nobody listens to yet
  let ended = false;

  target.channel = control;
  target._handleQueue = null; // what waits for the answer to a handle
  target._pendingMessage = null; // what that is
  target.connected = true;

  native.channelRead(end, (bytes) => {
    if (bytes !== null) {
      for (const message of form.read(bytes)) arrived(message);
      return;
    }
    target._handleQueue = null;
    finish();
  });

  // finish closes the channel.
  function finish() {
    if (ended) return;
    ended = true;
    target.connected = false;
    target.channel = null;
    native.channelClose(end);
    process.nextTick(() => {
      target.emit('disconnect');
      over();
    });
  }

  function arrived(message) {
    if (!isInternal(message)) {
      tell('message', message, undefined);
      return;
    }
    switch (message.cmd) {
      case 'NODE_HANDLE':
        received(message);
        break;
      case 'NODE_HANDLE_ACK':
      case 'NODE_HANDLE_NACK':
        answered(message.cmd === 'NODE_HANDLE_ACK');
        break;
    }
    tell('internalMessage', message, undefined);
  }

  function tell(event, message, handle) {
    if (!target.channel) return;
    process.nextTick(() => {
      if (event === 'message' && target.listenerCount('message') === 0) (pending ??= []).push([message, handle]);
      else target.emit(event, message, handle);
    });
  }

  target.on('newListener', (name) => {
    if (name !== 'message' || pending === null) return;
    const waiting = pending;
    pending = null;
    process.nextTick(() => {
      for (const [message, handle] of waiting) target.emit('message', message, handle);
    });
  });

  function received({ type, msg, key }) {
    const kind = kinds[type];
    const handle = kind && opened(native.channelTake(end), kind);
    if (!handle) {
      target._send({ cmd: 'NODE_HANDLE_NACK' }, undefined, {});
      return;
    }
    target._send({ cmd: 'NODE_HANDLE_ACK' }, undefined, {});
    kind.receive(handle, (value) => tell(isInternal(msg) ? 'internalMessage' : 'message', msg, value), target, key);
  }

  // answered is told whether the last handle has reached the other side.
  function answered(well) {
    const sent = target._pendingMessage;
    if (sent === null) return;
    if (!well && ++sent.attempts <= attempts) {
      native.channelWrite(end, form.write(sent.wrapped), nativeOf(sent.handle), () => {});
      return;
    }
    if (!well) process.emitWarning('Handle did not reach the receiving process correctly', 'SentHandleNotReceivedWarning');
    sent.kind.sent?.(sent.handle, sent.options);
    target._pendingMessage = null;
    const queue = target._handleQueue;
    target._handleQueue = null;
    for (const args of queue) target._send(...args);
    if (!target.connected && target.channel && !target._handleQueue) finish();
  }

  target.send = function (message, handle, options, callback) {
    if (typeof handle === 'function') {
      callback = handle;
      handle = undefined;
      options = undefined;
    } else if (typeof options === 'function') {
      callback = options;
      options = undefined;
    } else if (options !== undefined) {
      validateObject(options, 'options');
    }
    if (message === undefined) throw new codes.ERR_MISSING_ARGS('message');
    if (!['string', 'object', 'number', 'boolean'].includes(typeof message)) {
      throw new codes.ERR_INVALID_ARG_TYPE('message', ['string', 'object', 'number', 'boolean'], message);
    }
    if (this.connected) return this._send(message, handle, { swallowErrors: false, ...options }, callback);
    failed(new codes.ERR_IPC_CHANNEL_CLOSED(), callback);
    return false;
  };

  function failed(error, callback) {
    if (typeof callback === 'function') process.nextTick(callback, error);
    else process.nextTick(() => target.emit('error', error));
  }

  target._send = function (message, handle, options = {}, callback) {
    const internal = isInternal(message) && /^NODE_HANDLE_/.test(message.cmd);
    let sent;
    if (handle !== undefined && handle !== null) {
      const type = kindOf(handle);
      if (this._handleQueue) return this._handleQueue.push([message, handle, options, callback]) === 1;
      const kind = kinds[type];
      const wrapped = { cmd: 'NODE_HANDLE', type, msg: message };
      sent = { kind, wrapped, options, handle: kind.handle(handle), attempts: 0 };
      if (!sent.handle) { // it is closed: the message goes alone
        sent = undefined;
      } else {
        wrapped.key = kind.leave?.(handle, options, target);
        message = wrapped;
      }
    } else if (this._handleQueue && !internal) {
      return this._handleQueue.push([message, undefined, options, callback]) === 1;
    }
    const errno = native.channelWrite(end, form.write(message), nativeOf(sent?.handle), (late) => {
      if (typeof callback === 'function') callback(late === 0 ? null : uv.errnoException(late, 'write'));
    });
    if (errno < 0) {
      if (sent) sent.kind.sent?.(sent.handle, sent.options);
      if (!options.swallowErrors) failed(uv.errnoException(errno, 'write'), callback);
      return false;
    }
    if (sent) {
      this._pendingMessage = sent;
      this._handleQueue = [];
    }
    if (errno === 0 && typeof callback === 'function') process.nextTick(callback, null);
    return native.channelWaits(end) < most;
  };

  target.disconnect = function () {
    if (!this.connected) {
      this.emit('error', new codes.ERR_IPC_DISCONNECTED());
      return;
    }
    this._disconnect();
  };

  target._disconnect = function () {
    this.connected = false;
    if (!this._pendingMessage) finish(); // otherwise behind its answer
  };

  return control;
};

const nativeOf = (handle) => handle && require('internal/net_handle').nativeOf(handle);

// attach makes process the child's end of the channel that its environment tells of.
exports.attach = function (fd, serialization) {
  const end = native.channel(fd);
  if (typeof end === 'number') return;
  const control = exports.connect(process, end, serialization, () => {});
  const counts = (name) => name === 'message' || name === 'disconnect';
  process.on('newListener', (name) => {
    if (counts(name) && process.channel) control.refCounted();
  });
  process.on('removeListener', (name) => {
    if (counts(name) && process.channel) control.unrefCounted();
  });
};

// How messages are written.
const forms = {
  json() {
    let rest = '';
    const decoder = new (require('string_decoder').StringDecoder)('utf8');
    return {
      write: (message) => `${JSON.stringify(message)}\n`,
      read(bytes) {
        const lines = (rest + decoder.write(bytes)).split('\n');
        rest = lines.pop();
        return lines.map((line) => JSON.parse(line));
      },
    };
  },
};
