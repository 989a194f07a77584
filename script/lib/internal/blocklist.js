// Copyright 2026 The duplex authors. MIT license.

// net.BlockList, over duplex.BlockList, and net.SocketAddress.
'use strict';

const { codes, define } = require('internal/errors');
const { validateString, validateObject, validateInt32, validateUint32, validateArray } = require('internal/validators');
const { isPort } = require('internal/net_address');
const native = binding('net');

// invalid is an error without its code in its text, as of what Node has in C++.
function invalid() {
  const error = new Error('Invalid socket address');
  error.code = 'ERR_INVALID_ADDRESS';
  return error;
}

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

  // parse returns the address of a text such as 1.2.3.4:80 or [::1]:80, whose port may
  // be left out, or undefined. (After v20.)
  static parse(input) {
    validateString(input, 'input');
    const parts = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(input);
    if (parts === null) return undefined;
    const [, six, four, port = 0] = parts;
    const family = six === undefined ? 'ipv4' : 'ipv6';
    if (!isPort(port) || native.canonical(six ?? four, six === undefined ? 4 : 6) === '') return undefined;
    return new SocketAddress({ address: six ?? four, family, port: Number(port) });
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
    if (text === '') throw invalid();
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

// A rule has the text that `rules` shows, and is put into a list of Go's by add, which
// returns whether it makes sense.
const ruleOf = {
  address: (address) => ({
    text: `Address: ${word(address)} ${address.address}`,
    add: (list) => native.block(list, address.address, address.address),
  }),
  range: (start, end) => ({
    text: `Range: ${word(start)} ${start.address}-${end.address}`,
    add: (list) => native.block(list, start.address, end.address),
  }),
  subnet: (network, prefix) => ({
    text: `Subnet: ${word(network)} ${network.address}/${prefix}`,
    add: (list) => native.blockSubnet(list, network.address, prefix),
  }),
};

const familyOf = (text) => (text.includes(':') ? 'ipv6' : 'ipv4');

// cidrOf returns the arguments of addSubnet for a text such as 10.0.0.0/8.
function cidrOf(cidr) {
  validateString(cidr, 'cidr');
  const parts = /^([^/]+)\/(\d{1,3})$/.exec(cidr);
  if (parts === null) throw new codes.ERR_INVALID_ARG_VALUE('cidr', cidr, 'must be in CIDR notation');
  return [parts[1], Number(parts[2]), familyOf(parts[1])];
}

// What follows that v20 does not have is as Node documents it up to v26.8.
class BlockList {
  #list = native.blockList();
  #rules = []; // the newest first

  static isBlockList(value) {
    return value !== null && typeof value === 'object' && #list in value;
  }

  #addressOf(value, name, family) {
    if (SocketAddress.isSocketAddress(value)) return value;
    validateString(value, name);
    validateString(family, 'family');
    return new SocketAddress({ address: value, family });
  }

  #range(start, end, family) {
    return [this.#addressOf(start, 'start', family), this.#addressOf(end, 'end', family)];
  }

  #subnet(network, prefix, family) {
    network = this.#addressOf(network, 'network', family);
    validateInt32(prefix, 'prefix', 0, network.family === 'ipv4' ? 32 : 128);
    return [network, prefix];
  }

  #add(rule) {
    if (!rule.add(this.#list)) return false;
    this.#rules.unshift(rule);
    return true;
  }

  #remove({ text }) {
    const at = this.#rules.findIndex((rule) => rule.text === text);
    if (at < 0) return;
    this.#rules.splice(at, 1);
    this.#list = native.blockList();
    for (const rule of this.#rules) rule.add(this.#list);
  }

  addAddress(address, family = 'ipv4') {
    this.#add(ruleOf.address(this.#addressOf(address, 'address', family)));
  }

  addAddresses(addresses, family = 'ipv4') {
    validateArray(addresses, 'addresses');
    const all = addresses.map((address) => this.#addressOf(address, 'address', family));
    for (const address of all) this.#add(ruleOf.address(address));
  }

  addCIDR(cidr) {
    this.addSubnet(...cidrOf(cidr));
  }

  addCIDRs(cidrs) {
    validateArray(cidrs, 'cidrs');
    const all = cidrs.map((cidr) => this.#subnet(...cidrOf(cidr)));
    for (const subnet of all) this.#add(ruleOf.subnet(...subnet));
  }

  addRange(start, end, family = 'ipv4') {
    [start, end] = this.#range(start, end, family);
    if (!this.#add(ruleOf.range(start, end))) throw new codes.ERR_INVALID_ARG_VALUE('start', start, 'must come before end');
  }

  addSubnet(network, prefix, family = 'ipv4') {
    this.#add(ruleOf.subnet(...this.#subnet(network, prefix, family)));
  }

  removeAddress(address, family = 'ipv4') {
    this.#remove(ruleOf.address(this.#addressOf(address, 'address', family)));
  }

  removeCIDR(cidr) {
    this.removeSubnet(...cidrOf(cidr));
  }

  removeRange(start, end, family = 'ipv4') {
    this.#remove(ruleOf.range(...this.#range(start, end, family)));
  }

  removeSubnet(network, prefix, family = 'ipv4') {
    this.#remove(ruleOf.subnet(...this.#subnet(network, prefix, family)));
  }

  clear() {
    this.#list = native.blockList();
    this.#rules = [];
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
    return this.#rules.map((rule) => rule.text);
  }

  get size() {
    return this.#rules.length;
  }

  toJSON() {
    return this.rules;
  }

  // fromJSON adds what toJSON has returned, or the text of that.
  fromJSON(value) {
    const rules = typeof value === 'string' ? JSON.parse(value) : value;
    validateArray(rules, 'value');
    const adding = rules.map((rule) => {
      validateString(rule, 'rule');
      const parts = /^(?:(Address): IPv([46]) ([^-/]+)|(Range): IPv([46]) ([^-/]+)-([^-/]+)|(Subnet): IPv([46]) ([^-/]+)\/(\d+))$/.exec(rule);
      if (parts === null) throw new codes.ERR_INVALID_ARG_VALUE('value', rule, 'must be a rule of a BlockList');
      if (parts[1]) return () => this.addAddress(parts[3], `ipv${parts[2]}`);
      if (parts[4]) return () => this.addRange(parts[6], parts[7], `ipv${parts[5]}`);
      return () => this.addSubnet(parts[10], Number(parts[11]), `ipv${parts[9]}`);
    });
    for (const add of adding) add();
  }

  [custom](depth, options) {
    return shown('BlockList', depth, options, { rules: this.rules });
  }
}
Object.defineProperty(BlockList, 'PRIVATE_RANGES', {
  value: Object.freeze(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128', '169.254.0.0/16', 'fe80::/10', 'fc00::/7']),
  enumerable: true,
});
exports.BlockList = BlockList;

define('ERR_IP_BLOCKED', Error, (ip) => `IP(${ip}) is blocked by net.BlockList`);

// validateBlockList refuses what is no list; undefined and null are none.
exports.validateBlockList = function (value, name) {
  if (value != null && !BlockList.isBlockList(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'net.BlockList', value);
};
