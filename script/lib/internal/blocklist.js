// Copyright 2026 The duplex authors. MIT license.

// net.BlockList, over duplex.BlockList, and net.SocketAddress.
'use strict';

const { codes, define } = require('internal/errors');
const { validateString, validateObject, validateInt32, validateUint32 } = require('internal/validators');
const { isPort } = require('internal/net_address');
const native = binding('net');

define('ERR_INVALID_ADDRESS', Error, 'Invalid socket address');

const custom = Symbol.for('nodejs.util.inspect.custom');

// shown lets inspect show what a class says of itself.
function shown(name, depth, options, content) {
  if (depth < 0) return `[${name}]`;
  const { inspect } = require('internal/inspect');
  return `${name} ${inspect(content, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
}

class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;

  static isSocketAddress(value) {
    return value !== null && typeof value === 'object' && #address in value;
  }

  constructor(options = {}) {
    validateObject(options, 'options');
    let { family = 'ipv4' } = options;
    const any = family === 'ipv4' ? '127.0.0.1' : '::'; // as it is written: Node's is :: for 'IPv4', too
    if (typeof family?.toLowerCase === 'function') family = family.toLowerCase();
    if (family !== 'ipv4' && family !== 'ipv6') throw new codes.ERR_INVALID_ARG_VALUE('options.family', options.family);
    const { address = any, port = 0, flowlabel = 0 } = options;
    validateString(address, 'options.address');
    if (!isPort(port)) throw new codes.ERR_SOCKET_BAD_PORT('options.port', port);
    validateUint32(flowlabel, 'options.flowlabel');
    const text = native.canonical(address, family === 'ipv4' ? 4 : 6);
    if (text === '') throw new codes.ERR_INVALID_ADDRESS();
    this.#address = text;
    this.#port = port | 0;
    this.#family = family;
    this.#flowlabel = family === 'ipv6' ? flowlabel & 0xfffff : 0;
  }

  get address() {
    return this.#address;
  }

  get port() {
    return this.#port;
  }

  get family() {
    return this.#family;
  }

  get flowlabel() {
    return this.#flowlabel;
  }

  toJSON() {
    return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel };
  }

  [custom](depth, options) {
    return shown('SocketAddress', depth, options, this.toJSON());
  }
}
exports.SocketAddress = SocketAddress;

const word = (address) => (address.family === 'ipv4' ? 'IPv4' : 'IPv6');

class BlockList {
  #list = native.blockList();
  #rules = [];

  #addressOf(value, name, family) {
    if (SocketAddress.isSocketAddress(value)) return value;
    validateString(value, name);
    validateString(family, 'family');
    return new SocketAddress({ address: value, family });
  }

  addAddress(address, family = 'ipv4') {
    address = this.#addressOf(address, 'address', family);
    native.block(this.#list, address.address, address.address);
    this.#rules.unshift(`Address: ${word(address)} ${address.address}`);
  }

  addRange(start, end, family = 'ipv4') {
    start = this.#addressOf(start, 'start', family);
    end = this.#addressOf(end, 'end', family);
    if (!native.block(this.#list, start.address, end.address)) {
      throw new codes.ERR_INVALID_ARG_VALUE('start', start, 'must come before end');
    }
    this.#rules.unshift(`Range: ${word(start)} ${start.address}-${end.address}`);
  }

  addSubnet(network, prefix, family = 'ipv4') {
    network = this.#addressOf(network, 'network', family);
    validateInt32(prefix, 'prefix', 0, network.family === 'ipv4' ? 32 : 128);
    native.blockSubnet(this.#list, network.address, prefix);
    this.#rules.unshift(`Subnet: ${word(network)} ${network.address}/${prefix}`);
  }

  check(address, family = 'ipv4') {
    if (!SocketAddress.isSocketAddress(address)) {
      validateString(address, 'address');
      validateString(family, 'family');
      try {
        address = new SocketAddress({ address, family });
      } catch {
        return false;
      }
    }
    return native.blocked(this.#list, address.address);
  }

  get rules() {
    return [...this.#rules];
  }

  [custom](depth, options) {
    return shown('BlockList', depth, options, { rules: this.rules });
  }
}
exports.BlockList = BlockList;
