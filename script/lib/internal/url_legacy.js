// Copyright 2026 The duplex authors. MIT license.

// url.parse and its kin, as they were before the URL Standard.

'use strict';

const { codes } = require('internal/errors');
const querystring = require('querystring');
const punycode = require('internal/punycode');

const slashed = new Set(['http:', 'https:', 'ftp:', 'gopher:', 'file:', 'ws:', 'wss:']);
const hostless = new Set(['javascript:']);

function Url() {
  for (const name of ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href']) {
    this[name] = null;
  }
}

const hex = (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
const escaped = (text) => text.replace(/[\t\n\r "'<>\\^`{|}]/g, hex);

Url.prototype.parse = function (url, parseQuery, slashesDenoteHost) {
  require('internal/validators').validateString(url, 'url');
  url = url.trim();
  const cut = url.search(/[?#]/);
  let rest = (cut < 0 ? url : url.slice(0, cut)).replace(/\\/g, '/') + (cut < 0 ? '' : url.slice(cut));
  const protocol = /^[a-z0-9.+-]+:/i.exec(rest);
  if (protocol) {
    this.protocol = protocol[0].toLowerCase();
    rest = rest.slice(protocol[0].length);
  }
  let slashes = false;
  if (rest.startsWith('//') && !(this.protocol && hostless.has(this.protocol)) && (slashesDenoteHost || protocol || /^\/\/[^@/]+@[^@/]+/.test(rest))) {
    slashes = true;
    this.slashes = true;
    rest = rest.slice(2);
  }
  if (!(this.protocol && hostless.has(this.protocol)) && (slashes || (this.protocol && !slashed.has(this.protocol)))) {
    rest = authority(this, rest, url);
  }
  if (!(this.protocol && hostless.has(this.protocol))) rest = escaped(rest);
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    this.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const mark = rest.indexOf('?');
  if (mark >= 0) {
    this.search = rest.slice(mark);
    this.query = rest.slice(mark + 1);
    if (parseQuery) this.query = querystring.parse(this.query);
    rest = rest.slice(0, mark);
  } else if (parseQuery) {
    this.search = null;
    this.query = Object.create(null);
  }
  if (rest) this.pathname = rest;
  if (slashed.has(this.protocol) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = (this.pathname || '') + (this.search || '');
  this.href = this.format();
  return this;
};

function invalid(url) {
  require('url');
  const error = new codes.ERR_INVALID_URL();
  error.input = url;
  return error;
}

// authority reads user, host and port, and returns what follows.
function authority(target, rest, url) {
  let end = rest.search(/[/?#]/);
  if (end < 0) end = rest.length;
  let before = rest.slice(0, end);
  let after = rest.slice(end);
  const at = before.lastIndexOf('@');
  if (at >= 0) {
    target.auth = decodeURIComponent(before.slice(0, at));
    before = before.slice(at + 1);
  }
  const stop = before.search(/[\t\n\r "%';<>\\^`{|}]/);
  if (stop >= 0) {
    after = before.slice(stop) + after;
    before = before.slice(0, stop);
  }
  target.host = before;
  const port = /:([0-9]*)$/.exec(before);
  let name = before;
  if (port) {
    if (port[1] !== '') target.port = port[1];
    name = before.slice(0, before.length - port[0].length);
  }
  const literal = name.startsWith('[') && name.endsWith(']');
  if (!literal) {
    const bad = name.search(/[^a-zA-Z0-9.\-_+\u0080-\uffff]/);
    if (bad >= 0) {
      if (name[bad] === ':') throw invalid(url);
      after = `/${name.slice(bad)}${after}`;
      name = name.slice(0, bad);
    }
    name = name.length > 255 ? '' : name.toLowerCase();
    if (/[^\0-\x7f]/.test(name)) {
      name = punycode.toASCII(name);
      if (name === null) throw invalid(url);
    }
  }
  target.host = name + (target.port ? `:${target.port}` : '');
  target.hostname = literal ? name.slice(1, -1) : name;
  if (after && !/^[/?#]/.test(after)) after = `/${after}`;
  return after;
}

Url.prototype.format = function () {
  const auth = this.auth ? `${encodeURIComponent(this.auth).replace(/%3A/i, ':')}@` : '';
  let protocol = this.protocol || '';
  let host = '';
  if (this.host) host = auth + this.host;
  else if (this.hostname) {
    host = auth + (this.hostname.includes(':') && this.hostname[0] !== '[' ? `[${this.hostname}]` : this.hostname) + (this.port ? `:${this.port}` : '');
  }
  const query = this.query !== null && typeof this.query === 'object' ? querystring.stringify(this.query) : '';
  let search = this.search || (query ? `?${query}` : '');
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  let pathname = (this.pathname || '').replace(/[?#]/g, hex);
  if (this.slashes || slashed.has(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol.startsWith('file')) {
      host = '//';
    }
  }
  search = search.replace(/#/g, '%23');
  let hash = this.hash || '';
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  if (search && search[0] !== '?') search = `?${search}`;
  return protocol + host + pathname + search + hash;
};

Url.prototype.resolve = function (relative) {
  return this.resolveObject(parse(relative, false, true)).format();
};

// merge takes . and .. out of a path, which may climb above its beginning only if it
// has no root.
function merge(segments, rooted) {
  const kept = [];
  let climbs = 0;
  const last = segments[segments.length - 1];
  for (const part of segments) {
    if (part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0) kept.pop();
    else climbs++;
  }
  if (!rooted) for (; climbs > 0; climbs--) kept.unshift('..');
  if ((last === '.' || last === '..') && kept[kept.length - 1] !== '') kept.push('');
  return kept;
}

Url.prototype.resolveObject = function (relative) {
  if (typeof relative === 'string') relative = parse(relative, false, true);
  const result = Object.assign(new Url(), this);
  result.hash = relative.hash;
  if (relative.href === '') {
    result.href = result.format();
    return result;
  }
  const foreign = relative.protocol && relative.protocol !== this.protocol;
  if (foreign && !slashed.has(relative.protocol)) return Object.assign(result, relative);
  if (relative.slashes && (!relative.protocol || foreign || relative.host)) {
    const { protocol } = result;
    Object.assign(result, relative);
    result.protocol = relative.protocol || protocol;
    if (slashed.has(result.protocol) && result.hostname && !result.pathname) result.path = result.pathname = '/';
    const rooted = (result.pathname || '').startsWith('/');
    if (result.pathname) result.pathname = (rooted ? '/' : '') + merge(result.pathname.slice(rooted ? 1 : 0).split('/'), rooted).join('/');
  } else {
    if (foreign) {
      for (const name of ['host', 'hostname', 'port', 'auth']) result[name] = relative[name];
      result.protocol = relative.protocol;
    }
    const own = relative.pathname || '';
    const before = result.pathname || '';
    const whole = own === '' ? before : own[0] === '/' ? own : before.slice(0, before.lastIndexOf('/') + 1) + own;
    const rooted = whole[0] === '/' || (result.host && whole !== '');
    if (own !== '') {
      const segments = merge(whole.replace(/^\//, '').split('/'), rooted);
      result.pathname = (rooted ? '/' : '') + segments.join('/');
      result.search = relative.search;
      result.query = relative.query;
    } else if (relative.search !== null) {
      result.search = relative.search;
      result.query = relative.query;
    }
    if (!foreign && relative.auth) result.auth = relative.auth;
  }
  result.path = result.pathname || result.search ? (result.pathname || '') + (result.search || '') : null;
  result.href = result.format();
  return result;
};

function parse(url, parseQuery, slashesDenoteHost) {
  return url instanceof Url ? url : new Url().parse(url, parseQuery, slashesDenoteHost);
}

exports.make = ({ isURL, punycode: names, whatwg }) => ({
  Url,
  parse,
  resolve: function resolve(from, to) {
    return parse(from, false, true).resolve(to);
  },
  resolveObject: function resolveObject(from, to) {
    return from ? parse(from, false, true).resolveObject(to) : to;
  },
  format: function format(url, options) {
    if (typeof url === 'string') return parse(url).format();
    if (url === null || typeof url !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('urlObject', ['Object', 'string'], url);
    if (!isURL(url) || url instanceof Url) return Url.prototype.format.call(url);
    const { auth = true, fragment = true, search = true, unicode = false } = options || {};
    const record = whatwg.parse(url.href);
    if (!auth) record.username = record.password = '';
    if (!search) record.query = null;
    if (unicode && record.host) record.host = names.toUnicode(record.host);
    return whatwg.serialize(record, fragment);
  },
});
