// Copyright 2026 The duplex authors. MIT license.

// Names and addresses: lookup as the system does it, resolve by asking name servers.

'use strict';

const { codes, define } = require('internal/errors');
const { validateString, validateFunction, validateBoolean, validateOneOf, validateNumber, validateArray } = require('internal/validators');
const uv = require('internal/uv');
const { ids } = require('internal/async_ids');
const native = binding('dns');

const ADDRCONFIG = 32;
const ALL = 16;
const V4MAPPED = 8;

if (!codes.ERR_INVALID_IP_ADDRESS) define('ERR_INVALID_IP_ADDRESS', TypeError, (address) => `Invalid IP address: ${address}`);
if (!codes.ERR_SOCKET_BAD_PORT) {
  define('ERR_SOCKET_BAD_PORT', RangeError, (name, port, zero = true) =>
    `${name} should be ${zero ? '>=' : '>'} 0 and < 65536.${require('internal/errors').received(port)}.`);
}

const orders = ['verbatim', 'ipv4first', 'ipv6first'];
let defaultOrder = 'verbatim';
{
  const options = `${process.env.NODE_OPTIONS || ''} ${(process.execArgv || []).join(' ')}`;
  const given = /--dns-result-order[= ](\w+)/.exec(options);
  if (given && orders.includes(given[1])) defaultOrder = given[1];
}

function lookupOptions(options) {
  const result = { family: 0, hints: 0, all: false, order: defaultOrder };
  if (options === undefined || options === null) return result;
  if (typeof options === 'number') {
    validateOneOf(options, 'family', [0, 4, 6]);
    result.family = options;
    return result;
  }
  if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
  if (options.hints !== undefined && options.hints !== null) {
    validateNumber(options.hints, 'options.hints');
    result.hints = options.hints >>> 0;
    if ((result.hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) throw new codes.ERR_INVALID_ARG_VALUE('hints', result.hints);
  }
  const { family } = options;
  if (family === 'IPv4') result.family = 4;
  else if (family === 'IPv6') result.family = 6;
  else if (family !== undefined && family !== null) {
    validateOneOf(family, 'options.family', [0, 4, 6]);
    result.family = family;
  }
  if (options.all !== undefined && options.all !== null) {
    validateBoolean(options.all, 'options.all');
    result.all = options.all;
  }
  if (options.verbatim !== undefined && options.verbatim !== null) {
    validateBoolean(options.verbatim, 'options.verbatim');
    result.order = options.verbatim ? 'verbatim' : 'ipv4first';
  }
  if (options.order !== undefined && options.order !== null) {
    validateOneOf(options.order, 'options.order', orders);
    result.order = options.order;
  }
  return result;
}

const family = (address) => (address.includes(':') ? 6 : 4);

function sorted(addresses, order) {
  if (order === 'verbatim') return addresses;
  const first = order === 'ipv4first' ? 4 : 6;
  return [...addresses.filter((a) => family(a) === first), ...addresses.filter((a) => family(a) !== first)];
}

// failure is the error of a call of the resolver.
function failure(errno, syscall, hostname) {
  const code = errno === -3008 || errno === -3007 ? 'ENOTFOUND' : typeof errno === 'string' ? errno : uv.name(errno);
  const error = new Error(`${syscall} ${code}${hostname ? ` ${hostname}` : ''}`);
  error.errno = typeof errno === 'string' ? undefined : errno;
  error.code = code;
  error.syscall = syscall;
  if (hostname) error.hostname = hostname;
  return error;
}

class GetAddrInfoReqWrap {
  constructor(callback, family, hostname) {
    this.callback = callback;
    this.family = family;
    this.hostname = hostname;
  }
}
class GetNameInfoReqWrap {}
class QueryReqWrap {}

function hidden(object, callback) {
  Object.defineProperty(object, 'callback', { value: callback, enumerable: false });
  return object;
}

// ask looks a name up and calls back with (errno, addresses).
function ask(hostname, { family: wanted, hints, order }, callback) {
  const mapped = wanted === 6 && (hints & V4MAPPED) !== 0;
  callback = ids.within(callback);
  native.lookup(hostname, mapped ? 0 : wanted, (errno, addresses) => {
    if (mapped && errno === 0) {
      const six = addresses.filter((a) => family(a) === 6);
      if (six.length === 0 || (hints & ALL) !== 0) addresses = [...six, ...addresses.filter((a) => family(a) === 4).map((a) => `::ffff:${a}`)];
      else addresses = six;
    }
    callback(errno, sorted(addresses, order));
  });
}

let warned = false;
function emptyName(hostname) {
  if (warned) return;
  warned = true;
  process.emitWarning(`The provided hostname "${hostname}" is not a valid hostname, and is supported in the dns module solely for compatibility.`, 'DeprecationWarning', 'DEP0118');
}

// callbackOf returns what is missed as a callback: the second argument, if that is neither
// nothing, nor options, nor a family.
function callbackOf(options, callback) {
  const others = ['object', 'number', 'undefined'];
  return callback === undefined && !others.includes(typeof options) ? options : callback;
}

exports.lookup = function lookup(hostname, options, callback) {
  if (hostname) validateString(hostname, 'hostname');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else {
    validateFunction(callbackOf(options, callback), 'callback');
  }
  const settings = lookupOptions(options);
  if (!hostname) {
    emptyName(hostname);
    if (settings.all) process.nextTick(callback, null, []);
    else process.nextTick(callback, null, null, settings.family === 6 ? 6 : 4);
    return {};
  }
  const kind = native.isIP(hostname);
  if (kind !== 0) {
    if (settings.all) process.nextTick(callback, null, [{ address: hostname, family: kind }]);
    else process.nextTick(callback, null, hostname, kind);
    return {};
  }
  ask(hostname, settings, (errno, addresses) => {
    if (errno !== 0) {
      callback(uv.from(failure(errno, 'getaddrinfo', hostname), settings.all ?
        'GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:132:26)' : 'GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:111:26)'));
    } else if (settings.all) callback(null, addresses.map((address) => ({ address, family: family(address) })));
    else callback(null, addresses[0], settings.family || family(addresses[0]));
  });
  return hidden(new GetAddrInfoReqWrap(undefined, settings.family, hostname), callback);
};
Object.defineProperty(exports.lookup, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['address', 'family'], enumerable: false });
Object.defineProperty(exports.lookup, Symbol.for('nodejs.util.promisify.custom'), {
  value: (hostname, options) => exports.promises.lookup(hostname, options),
  enumerable: false,
});

function lookupPromise(hostname, options) {
  if (hostname) validateString(hostname, 'hostname');
  if (typeof options?.family === 'string') validateOneOf(options.family, 'options.family', [0, 4, 6]);
  const settings = lookupOptions(options);
  if (!hostname) {
    emptyName(hostname);
    return Promise.resolve(settings.all ? [] : { address: null, family: settings.family === 6 ? 6 : 4 });
  }
  const kind = native.isIP(hostname);
  if (kind !== 0) {
    const one = { address: hostname, family: kind };
    return Promise.resolve(settings.all ? [one] : one);
  }
  return new Promise((resolve, reject) => {
    ask(hostname, settings, (errno, addresses) => {
      if (errno !== 0) {
        reject(uv.from(failure(errno, 'getaddrinfo', hostname)));
        return;
      }
      const all = addresses.map((address) => ({ address, family: family(address) }));
      resolve(settings.all ? all : all[0]);
    });
  });
}

function service(address, port, callback) {
  callback = ids.within(callback);
  native.service(address, port, (errno, hostname, name) => {
    if (errno === 0) callback(null, hostname, name);
    else callback(failure(errno, 'getnameinfo', address));
  });
}

function serviceArguments(address, port) {
  if (typeof address !== 'string' || native.isIP(address) === 0) throw new codes.ERR_INVALID_ARG_VALUE('address', address);
  const number = typeof port === 'string' && port.trim() !== '' ? Number(port) : port;
  if (typeof number !== 'number' || number !== number >>> 0 || number > 65535) throw new codes.ERR_SOCKET_BAD_PORT('Port', port);
  return number;
}

exports.lookupService = function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw new codes.ERR_MISSING_ARGS('address', 'port', 'callback');
  port = serviceArguments(address, port);
  validateFunction(callback, 'callback');
  service(address, port, callback);
  return hidden(Object.assign(new GetNameInfoReqWrap(), { hostname: address, port }), callback);
};
Object.defineProperty(exports.lookupService, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['hostname', 'service'] });

exports.getDefaultResultOrder = function getDefaultResultOrder() {
  return defaultOrder;
};
exports.setDefaultResultOrder = function setDefaultResultOrder(order) {
  validateOneOf(order, 'dnsOrder', orders);
  defaultOrder = order;
};

const queries = { resolve4: 'A', resolve6: 'AAAA', resolveAny: 'ANY', resolveCaa: 'CAA', resolveCname: 'CNAME', resolveMx: 'MX',
  resolveNaptr: 'NAPTR', resolveNs: 'NS', resolvePtr: 'PTR', resolveSoa: 'SOA', resolveSrv: 'SRV', resolveTxt: 'TXT' };
const syscalls = { A: 'queryA', AAAA: 'queryAaaa', ANY: 'queryAny', CAA: 'queryCaa', CNAME: 'queryCname', MX: 'queryMx',
  NAPTR: 'queryNaptr', NS: 'queryNs', PTR: 'queryPtr', SOA: 'querySoa', SRV: 'querySrv', TXT: 'queryTxt' };
const byType = new Map(Object.entries(queries).map(([name, type]) => [type, name]));

function server(address) {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(address);
  if (bracketed && native.isIP(bracketed[1]) === 6) return bracketed[2] && bracketed[2] !== '53' ? address : bracketed[1];
  const plain = /^([\d.]+)(?::(\d+))?$/.exec(address);
  if (plain && native.isIP(plain[1]) === 4) return plain[2] && plain[2] !== '53' ? address : plain[1];
  if (native.isIP(address) !== 0) return address;
  throw new codes.ERR_INVALID_IP_ADDRESS(address);
}

class Resolver {
  #servers;

  cancel() {}

  getServers() {
    return this.#servers ? this.#servers.slice() : native.servers();
  }

  setServers(servers) {
    validateArray(servers, 'servers');
    this.#servers = servers.map((address, i) => {
      validateString(address, `servers[${i}]`);
      return server(address);
    });
  }

  setLocalAddress(ipv4, ipv6 = undefined) {
    validateString(ipv4, 'ipv4');
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6');
  }

  query(type, name, syscall, options, callback) {
    callback = ids.within(callback);
    native.resolve(type, name, this.#servers || [], (code, records) => {
      if (code !== '') callback(failure(code, syscall, name));
      else if (options && options.ttl) callback(null, records.map((address) => ({ address, ttl: 0 })));
      else callback(null, records);
    });
    return Object.assign(new QueryReqWrap(), { bindingName: syscall, hostname: name });
  }

  resolve(name, type, callback) {
    if (typeof type === 'function') {
      callback = type;
      type = 'A';
    } else if (typeof type !== 'string') {
      throw new codes.ERR_INVALID_ARG_TYPE('rrtype', 'string', type);
    }
    if (!byType.has(type)) throw new codes.ERR_INVALID_ARG_VALUE('rrtype', type);
    return this[byType.get(type)](name, callback);
  }

  reverse(address, callback) {
    validateString(address, 'name');
    validateFunction(callback, 'callback');
    if (native.isIP(address) === 0) throw failure(-22, 'getHostByAddr', address);
    return this.query('PTR', address, 'getHostByAddr', null, callback);
  }
}

for (const [method, type] of Object.entries(queries)) {
  Resolver.prototype[method] = {
    [method](name, options, callback = options) {
      validateString(name, 'name');
      validateFunction(callback, 'callback');
      return this.query(type, name, syscalls[type], options === callback ? null : options, callback);
    },
  }[method];
}
exports.Resolver = Resolver;

const standard = new Resolver();
const names = ['getServers', 'setServers', 'resolve', 'reverse', ...Object.keys(queries)];
for (const name of names) exports[name] = standard[name].bind(standard);

class PromiseResolver extends Resolver {}
for (const name of ['resolve', 'reverse', ...Object.keys(queries)]) {
  PromiseResolver.prototype[name] = {
    [name](...args) {
      if (name === 'resolve' && args.length < 2) args.push('A');
      return new Promise((resolve, reject) => {
        Resolver.prototype[name].call(plainly(this), ...args, (error, records) => (error ? reject(uv.from(error)) : resolve(records)));
      });
    },
  }[name];
}

// plainly gives the callback methods of a resolver whose own are for promises.
function plainly(resolver) {
  const methods = { query: (...args) => resolver.query(...args) };
  for (const name of Object.keys(queries)) methods[name] = Resolver.prototype[name];
  return methods;
}

const errors = {};
for (const name of ['NODATA', 'FORMERR', 'SERVFAIL', 'NOTFOUND', 'NOTIMP', 'REFUSED', 'BADQUERY', 'BADNAME', 'BADFAMILY', 'BADRESP',
  'CONNREFUSED', 'TIMEOUT', 'FILE', 'NOMEM', 'DESTRUCTION', 'BADSTR', 'BADFLAGS', 'NONAME', 'BADHINTS', 'NOTINITIALIZED',
  'LOADIPHLPAPI', 'ADDRGETNETWORKPARAMS', 'CANCELLED']) {
  errors[name] = `E${name}`;
}
errors.EOF = 'EOF';
Object.assign(exports, { ADDRCONFIG, ALL, V4MAPPED }, errors);

const promised = new PromiseResolver();
exports.promises = {
  lookup: lookupPromise,
  lookupService(address, port) {
    if (arguments.length !== 2) throw new codes.ERR_MISSING_ARGS('address', 'port');
    port = serviceArguments(address, port);
    return new Promise((resolve, reject) => {
      service(address, port, (error, hostname, name) => (error ? reject(uv.from(error)) : resolve({ hostname, service: name })));
    });
  },
  Resolver: PromiseResolver,
  getDefaultResultOrder: exports.getDefaultResultOrder,
  setDefaultResultOrder: exports.setDefaultResultOrder,
  ...errors,
};
for (const name of ['resolve', 'reverse', ...Object.keys(queries)]) exports.promises[name] = promised[name].bind(promised);
exports.promises.getServers = exports.getServers;
exports.promises.setServers = exports.setServers;
