// Copyright 2026 The duplex authors. MIT license.

// URLs, by the URL Standard and by Node's older rules.

'use strict';

const { codes, define } = require('internal/errors');
const whatwg = require('internal/whatwg');
const punycode = require('internal/punycode');

define('ERR_INVALID_FILE_URL_PATH', TypeError, (reason) => `File URL path ${reason}`);
define('ERR_INVALID_FILE_URL_HOST', TypeError, (platform) => `File URL host must be "localhost" or empty on ${platform}`);
define('ERR_INVALID_URL_SCHEME', TypeError, (expected) => `The URL must be of scheme ${expected}`);
define('ERR_ARG_NOT_ITERABLE', TypeError, (name) => `${name} must be iterable`);
define('ERR_INVALID_TUPLE', TypeError, (name, expected) => `${name} must be an iterable ${expected} tuple`);
define('ERR_INVALID_URL', TypeError, 'Invalid URL');

function invalid(input, base) {
  const error = new codes.ERR_INVALID_URL();
  error.input = input;
  if (base !== undefined) error.base = base;
  return error;
}

const { wellFormed } = whatwg;
const inspected = Symbol.for('nodejs.util.inspect.custom');

// ---- URLSearchParams

const plus = (text) => encodeURIComponent(wellFormed(text)).replace(/%20/g, '+').replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function unplus(text) {
  text = text.replace(/\+/g, ' ');
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return require('querystring').unescapeBuffer(unescaped(text)).toString();
  }
}

// unescaped writes what is not ASCII as UTF-8 in percents.
function unescaped(text) {
  return text.replace(/[^\0-\x7f]+/gu, (part) => encodeURIComponent(wellFormed(part)));
}

function pairsOf(text) {
  return text.split('&').filter(Boolean).map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [unplus(pair), ''] : [unplus(pair.slice(0, at)), unplus(pair.slice(at + 1))];
  });
}

let pairs; // (params) → its list
let attach; // (params, changed)
let reread; // (params, text)

class URLSearchParams {
  #list = [];
  #changed;

  static {
    pairs = (params) => params.#list;
    attach = (params, changed) => {
      params.#changed = changed;
    };
    reread = (params, text) => {
      params.#list = pairsOf(text);
    };
  }

  constructor(init = undefined) {
    if (init === undefined || init === null) return;
    if (typeof init === 'object' || typeof init === 'function') {
      const iterate = init[Symbol.iterator];
      if (iterate !== undefined && iterate !== null) {
        if (typeof iterate !== 'function') throw new codes.ERR_ARG_NOT_ITERABLE('Query pairs');
        for (const pair of init) {
          if (pair === null || (typeof pair !== 'object' && typeof pair !== 'function') || typeof pair[Symbol.iterator] !== 'function') {
            throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          }
          const two = [...pair];
          if (two.length !== 2) throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          this.#list.push([wellFormed(`${two[0]}`), wellFormed(`${two[1]}`)]);
        }
      } else {
        for (const key of Reflect.ownKeys(init)) {
          if (Object.getOwnPropertyDescriptor(init, key).enumerable) this.#list.push([wellFormed(`${key}`), wellFormed(`${init[key]}`)]);
        }
      }
    } else {
      const text = `${init}`;
      this.#list = pairsOf(text[0] === '?' ? text.slice(1) : text);
    }
  }

  #done() {
    if (this.#changed) this.#changed(this.toString());
  }

  get size() {
    return this.#list.length;
  }

  append(name, value) {
    need(arguments, 'name', 'value');
    this.#list.push([wellFormed(`${name}`), wellFormed(`${value}`)]);
    this.#done();
  }

  delete(name, value = undefined) {
    need(arguments, 'name');
    name = `${name}`;
    this.#list = this.#list.filter((pair) => pair[0] !== name || (value !== undefined && pair[1] !== `${value}`));
    this.#done();
  }

  get(name) {
    need(arguments, 'name');
    name = `${name}`;
    const pair = this.#list.find((one) => one[0] === name);
    return pair ? pair[1] : null;
  }

  getAll(name) {
    need(arguments, 'name');
    name = `${name}`;
    return this.#list.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  has(name, value = undefined) {
    need(arguments, 'name');
    name = `${name}`;
    return this.#list.some((pair) => pair[0] === name && (value === undefined || pair[1] === `${value}`));
  }

  set(name, value) {
    need(arguments, 'name', 'value');
    name = wellFormed(`${name}`);
    value = wellFormed(`${value}`);
    const first = this.#list.find((pair) => pair[0] === name);
    if (first) {
      first[1] = value;
      this.#list = this.#list.filter((pair) => pair === first || pair[0] !== name);
    } else {
      this.#list.push([name, value]);
    }
    this.#done();
  }

  sort() {
    this.#list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#done();
  }

  forEach(callback, self = undefined) {
    require('internal/validators').validateFunction(callback, 'callback');
    for (let i = 0; i < this.#list.length; i++) callback.call(self, this.#list[i][1], this.#list[i][0], this);
  }

  entries() {
    return iterator(this, (pair) => [pair[0], pair[1]]);
  }

  keys() {
    return iterator(this, (pair) => pair[0]);
  }

  values() {
    return iterator(this, (pair) => pair[1]);
  }

  toString() {
    return this.#list.map(([name, value]) => `${plus(name)}=${plus(value)}`).join('&');
  }

  [inspected](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return '[Object]';
    const parts = this.#list.map(([name, value]) => `${inspect(name, options)} => ${inspect(value, options)}`);
    return parts.length === 0 ? 'URLSearchParams {}' : `URLSearchParams { ${parts.join(', ')} }`;
  }
}

const iteratorPrototype = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), {
  [Symbol.toStringTag]: { value: 'URLSearchParams Iterator', configurable: true },
});

function iterator(params, pick) {
  let i = 0;
  return Object.create(iteratorPrototype, {
    next: {
      configurable: true,
      value: () => (i < pairs(params).length ? { value: pick(pairs(params)[i++]), done: false } : { value: undefined, done: true }),
    },
  });
}

function need(given, ...names) {
  if (given.length < names.length) throw new codes.ERR_MISSING_ARGS(...names);
}

for (const name of ['append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'forEach', 'entries', 'keys', 'values', 'toString', 'size']) {
  Object.defineProperty(URLSearchParams.prototype, name, { enumerable: true });
}
Object.defineProperties(URLSearchParams.prototype, {
  [Symbol.iterator]: { value: URLSearchParams.prototype.entries, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'URLSearchParams', configurable: true },
});

// ---- URL

class URL {
  #url;
  #params;

  constructor(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    input = `${input}`;
    let from = null;
    if (base !== undefined) {
      base = `${base}`;
      from = whatwg.parse(wellFormed(base));
      if (from === null) throw invalid(input, base);
    }
    this.#url = whatwg.parse(wellFormed(input), from);
    if (this.#url === null) throw invalid(input, base);
  }

  static canParse(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    const from = base === undefined ? null : whatwg.parse(`${base}`);
    return (base === undefined || from !== null) && whatwg.parse(`${input}`, from) !== null;
  }

  #reread() {
    if (this.#params) reread(this.#params, this.#url.query ?? '');
  }

  get href() {
    return whatwg.serialize(this.#url);
  }

  set href(value) {
    const url = whatwg.parse(`${value}`);
    if (url === null) throw invalid(`${value}`);
    this.#url = url;
    this.#reread();
  }

  get origin() {
    const { scheme, host, port } = this.#url;
    if (scheme === 'blob:') {
      const inner = whatwg.parse(whatwg.pathname(this.#url));
      return inner && /^https?:$/.test(inner.scheme) ? `${inner.scheme}//${inner.host}${inner.port ? `:${inner.port}` : ''}` : 'null';
    }
    if (!whatwg.special(scheme) || scheme === 'file:') return 'null';
    return `${scheme}//${host}${port === '' ? '' : `:${port}`}`;
  }

  get protocol() {
    return this.#url.scheme;
  }

  set protocol(value) {
    const match = /^([A-Za-z][A-Za-z0-9+.-]*)(?::|$)/.exec(`${value}`);
    if (!match) return;
    const url = this.#url;
    const scheme = `${match[1].toLowerCase()}:`;
    if (whatwg.special(scheme) !== whatwg.special(url.scheme)) return;
    if (scheme === 'file:' && (url.username || url.password || url.port)) return;
    if (url.scheme === 'file:' && !url.host) return;
    url.scheme = scheme;
    whatwg.port(url, url.port);
  }

  get username() {
    return this.#url.username;
  }

  set username(value) {
    if (this.#url.host && this.#url.scheme !== 'file:') this.#url.username = whatwg.encode(`${value}`, 'user');
  }

  get password() {
    return this.#url.password;
  }

  set password(value) {
    if (this.#url.host && this.#url.scheme !== 'file:') this.#url.password = whatwg.encode(`${value}`, 'user');
  }

  get host() {
    const { host, port } = this.#url;
    return host === null ? '' : host + (port === '' ? '' : `:${port}`);
  }

  set host(value) {
    const url = this.#url;
    if (typeof url.path === 'string') return;
    const text = /^[^/?#\\]*/.exec(`${value}`)[0];
    const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(text);
    const host = name === '' ? (whatwg.special(url.scheme) ? null : '') : whatwg.host(name, whatwg.special(url.scheme));
    if (host === null) return;
    url.host = host;
    if (port) whatwg.port(url, port);
  }

  get hostname() {
    return this.#url.host ?? '';
  }

  set hostname(value) {
    const url = this.#url;
    const name = /^[^/?#\\]*/.exec(`${value}`)[0];
    if (typeof url.path === 'string' || (name.includes(':') && name[0] !== '[')) return;
    const host = name === '' ? (whatwg.special(url.scheme) ? null : '') : whatwg.host(name, whatwg.special(url.scheme));
    if (host !== null) url.host = host;
  }

  get port() {
    return this.#url.port;
  }

  set port(value) {
    if (!this.#url.host || this.#url.scheme === 'file:') return;
    const digits = /^\d*/.exec(`${value}`.replace(/[\t\n\r]/g, ''))[0];
    if (digits !== '' || `${value}` === '') whatwg.port(this.#url, digits);
  }

  get pathname() {
    return whatwg.pathname(this.#url);
  }

  set pathname(value) {
    const url = this.#url;
    if (typeof url.path === 'string') return;
    url.path = [];
    const text = `${value}`.replace(/[\t\n\r]/g, '').replace(/[?#]/g, (c) => (c === '?' ? '%3F' : '%23'));
    whatwg.path(url, text.replace(whatwg.special(url.scheme) ? /^[\\/]/ : /^\//, ''));
  }

  get search() {
    return this.#url.query ? `?${this.#url.query}` : '';
  }

  set search(value) {
    const text = `${value}`.replace(/[\t\n\r]/g, '');
    if (text === '') this.#url.query = null;
    else whatwg.query(this.#url, text.replace(/^\?/, '').replace(/#/g, '%23'));
    this.#reread();
  }

  get searchParams() {
    if (this.#params === undefined) {
      this.#params = new URLSearchParams(this.#url.query ?? '');
      attach(this.#params, (text) => {
        this.#url.query = text === '' ? null : text;
      });
    }
    return this.#params;
  }

  get hash() {
    return this.#url.fragment ? `#${this.#url.fragment}` : '';
  }

  set hash(value) {
    const text = `${value}`.replace(/[\t\n\r]/g, '');
    this.#url.fragment = text === '' ? null : whatwg.encode(text.replace(/^#/, ''), 'fragment');
  }

  toString() {
    return this.href;
  }

  toJSON() {
    return this.href;
  }

  [inspected](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return this.toString();
    const shown = Object.create({ constructor: this.constructor === URL ? URL : this.constructor });
    for (const name of fields) shown[name] = this[name];
    return `${this.constructor.name} ${inspect(Object.assign({}, shown), options)}`;
  }
}

const fields = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash'];
for (const name of [...fields, 'toString', 'toJSON']) Object.defineProperty(URL.prototype, name, { enumerable: true });
Object.defineProperty(URL, 'canParse', { enumerable: true });
Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });

// ---- files, domains, options

const isURL = (value) => value !== null && typeof value === 'object' && Boolean(value.href && value.protocol && value.auth === undefined && value.path === undefined);

function fileURLToPath(path, options = undefined) {
  if (typeof path === 'string') path = new URL(path);
  else if (!isURL(path)) throw new codes.ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], path);
  if (path.protocol !== 'file:') throw new codes.ERR_INVALID_URL_SCHEME('file');
  const windows = options?.windows ?? process.platform === 'win32';
  if (windows) {
    if (/%2f|%5c/i.test(path.pathname)) throw new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded \\ or / characters');
    const name = decodeURIComponent(path.pathname.replace(/\//g, '\\'));
    if (path.hostname !== '') return `\\\\${punycode.toUnicode(path.hostname)}${name}`;
    if (!/^\\[A-Za-z]:/.test(name)) throw new codes.ERR_INVALID_FILE_URL_PATH('must be absolute');
    return name.slice(1);
  }
  if (path.hostname !== '') throw new codes.ERR_INVALID_FILE_URL_HOST(process.platform);
  if (/%2f/i.test(path.pathname)) throw new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded / characters');
  return decodeURIComponent(path.pathname);
}

function pathToFileURL(path, options = undefined) {
  const names = require('path');
  const windows = options?.windows ?? process.platform === 'win32';
  const { resolve } = windows ? names.win32 : names.posix;
  require('internal/validators').validateString(path, 'path');
  let full = resolve(path);
  if (/[\\/]$/.test(path) && !/[\\/]$/.test(full)) full += '/';
  full = full.replace(/%/g, '%25').replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/\t/g, '%09').replace(/\?/g, '%3F').replace(/#/g, '%23');
  if (!windows) full = full.replace(/\\/g, '%5C');
  return new URL(`file://${windows && full.startsWith('\\\\') ? '' : windows ? '/' : ''}${full}`);
}

function domainToASCII(domain) {
  need(arguments, 'domain');
  return whatwg.host(`${domain}`, true) ?? '';
}

function domainToUnicode(domain) {
  need(arguments, 'domain');
  return punycode.toUnicode(whatwg.host(`${domain}`, true) ?? '');
}

function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: typeof hostname === 'string' && hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

Object.assign(exports, { ...require('internal/url_legacy').make({ URL, isURL, whatwg, punycode }), URL, URLSearchParams, domainToASCII, domainToUnicode, pathToFileURL, fileURLToPath, urlToHttpOptions });
