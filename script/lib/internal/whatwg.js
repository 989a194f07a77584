// Copyright 2026 The duplex authors. MIT license.

// The URL Standard's parser: a URL is a record of scheme, username, password, host
// (null for none), port, path (a string if opaque, otherwise an array), query and
// fragment (null for none).

'use strict';

const { toASCII } = require('internal/punycode');

const ports = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
const special = (scheme) => scheme in ports;
exports.special = special;

// Runs of what is written in percents.
const sets = {
  control: /[^\x20-\x7e]+/g,
  fragment: /[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7e]+/g,
  query: /[^\x21\x24-\x3b\x3d\x3f-\x7e]+/g,
  specialQuery: /[^\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e]+/g,
  path: /[^\x21\x24-\x3b\x3d\x40-\x5f\x61-\x7a\x7c\x7e]+/g,
  user: /[^\x21\x24-\x2e\x30-\x39\x41-\x5a\x5f\x61-\x7a\x7e%]+/g,
};

function encode(text, set) {
  return text.replace(sets[set], (run) => encodeURIComponent(wellFormed(run)).replace(/'/g, '%27'));
}

// wellFormed replaces halves of characters.
function wellFormed(text) {
  return text.isWellFormed() ? text : text.toWellFormed();
}
exports.wellFormed = wellFormed;
exports.encode = encode;

function ipv4(host) {
  const parts = host.split('.');
  if (parts[parts.length - 1] === '' && parts.length > 1) parts.pop();
  const last = parts[parts.length - 1];
  if (!/^(?:\d+|0[xX][0-9a-fA-F]*)$/.test(last)) return undefined; // not one
  if (parts.length > 4) return null;
  const numbers = [];
  for (const part of parts) {
    if (/^0[xX][0-9a-fA-F]*$/.test(part)) numbers.push(part.length === 2 ? 0 : parseInt(part, 16));
    else if (/^0[0-7]*$/.test(part)) numbers.push(parseInt(part, 8));
    else if (/^[1-9]\d*$/.test(part)) numbers.push(Number(part));
    else return null;
  }
  const tail = numbers.pop();
  if (numbers.some((n) => n > 255) || tail >= 256 ** (4 - numbers.length)) return null;
  let value = tail;
  numbers.forEach((n, i) => {
    value += n * 256 ** (3 - i);
  });
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function ipv6(text) {
  const embedded = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (embedded) {
    const b = embedded.slice(2).map(Number);
    if (b.some((n) => n > 255) || embedded.slice(2).some((n) => n.length > 1 && n[0] === '0')) return null;
    text = `${embedded[1]}${(b[0] * 256 + b[1]).toString(16)}:${(b[2] * 256 + b[3]).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const pieces = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (pieces.flat().some((piece) => !/^[0-9a-fA-F]{1,4}$/.test(piece))) return null;
  const missing = 8 - pieces.flat().length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const words = halves.length === 1 ? pieces[0] : [...pieces[0], ...new Array(missing).fill('0'), ...pieces[1]];
  const short = words.map((word) => parseInt(word, 16).toString(16));
  let best = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && short[i + n] === '0') n++;
    if (n > longest) {
      best = i;
      longest = n;
    }
    if (n > 1) i += n - 1;
  }
  if (best < 0) return `[${short.join(':')}]`;
  return `[${short.slice(0, best).join(':')}::${short.slice(best + longest).join(':')}]`;
}

const forbidden = /[\0\t\n\r #/:<>?@[\\\]^|]/;
const forbiddenDomain = /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/;

// host returns the host that text means, null if none.
function host(text, isSpecial) {
  if (text[0] === '[') return text[text.length - 1] === ']' ? ipv6(text.slice(1, -1)) : null;
  if (!isSpecial) return forbidden.test(text) ? null : encode(text, 'control');
  let domain;
  try {
    domain = decodeURIComponent(text.replace(/%(?![0-9a-fA-F]{2})/g, '%25'));
  } catch {
    return null;
  }
  domain = toASCII(domain);
  if (domain === null || domain === '' || forbiddenDomain.test(domain)) return null;
  const address = ipv4(domain);
  return address === undefined ? domain : address;
}
exports.host = host;

const drive = /^[A-Za-z][:|]$/;

// path adds text to the parts of url's path.
function path(url, text) {
  const parts = text.split(special(url.scheme) ? /[\\/]/ : '/');
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    if (/^(?:\.|%2e){2}$/i.test(part)) {
      if (!(url.scheme === 'file:' && url.path.length === 1 && /^[A-Za-z]:$/.test(url.path[0]))) url.path.pop();
      if (last) url.path.push('');
    } else if (/^(?:\.|%2e)$/i.test(part)) {
      if (last) url.path.push('');
    } else {
      if (url.scheme === 'file:' && url.path.length === 0 && drive.test(part)) part = `${part[0]}:`;
      url.path.push(encode(part, 'path'));
    }
  });
}
exports.path = path;

function query(url, text) {
  url.query = encode(text, special(url.scheme) ? 'specialQuery' : 'query');
}
exports.query = query;

// hostPort fills in host and port, and reports whether they are right.
function hostPort(url, text) {
  const colon = (text[0] === '[' ? /^(\[[^\]]*\]):(.*)$/s : /^([^:]*):(.*)$/s).exec(text);
  const name = colon ? colon[1] : text;
  const isSpecial = special(url.scheme);
  if (name === '') {
    if (isSpecial || colon) return false;
    url.host = '';
    return true;
  }
  url.host = host(name, isSpecial);
  if (url.host === null) return false;
  return !colon || port(url, colon[2]);
}
exports.hostPort = hostPort;

function port(url, text) {
  if (!/^\d*$/.test(text) || Number(text) > 65535) return false;
  const number = text === '' ? '' : String(Number(text));
  url.port = number === ports[url.scheme] ? '' : number;
  return true;
}
exports.port = port;

function authority(url, text) {
  const end = text.search(special(url.scheme) ? /[\\/]/ : /\//);
  let before = end < 0 ? text : text.slice(0, end);
  const at = before.lastIndexOf('@');
  if (at >= 0) {
    const credentials = before.slice(0, at);
    before = before.slice(at + 1);
    const colon = credentials.indexOf(':');
    url.username = encode(colon < 0 ? credentials : credentials.slice(0, colon), 'user');
    url.password = colon < 0 ? '' : encode(credentials.slice(colon + 1), 'user');
    if (before === '') return false;
  }
  if (!hostPort(url, before)) return false;
  if (end >= 0) path(url, text.slice(end + 1));
  else if (special(url.scheme)) url.path = [''];
  return true;
}

function blank(scheme) {
  return { scheme, username: '', password: '', host: null, port: '', path: [], query: null, fragment: null };
}

function inherit(url, base) {
  for (const name of ['username', 'password', 'host', 'port']) url[name] = base[name];
}

function file(url, rest, base) {
  url.host = '';
  if (/^[\\/]{2}/.test(rest)) {
    rest = rest.slice(2);
    const end = rest.search(/[\\/]/);
    const name = end < 0 ? rest : rest.slice(0, end);
    if (drive.test(name)) {
      path(url, rest);
      return true;
    }
    if (name !== '') {
      url.host = host(name, true);
      if (url.host === null) return false;
      if (url.host === 'localhost') url.host = '';
    }
    path(url, end < 0 ? '' : rest.slice(end + 1));
    return true;
  }
  if (/^[\\/]/.test(rest)) {
    if (base && base.scheme === 'file:') {
      url.host = base.host;
      if (!/^[\\/][A-Za-z][:|](?:[\\/]|$)/.test(rest) && base.path.length > 0 && /^[A-Za-z]:$/.test(base.path[0])) url.path.push(base.path[0]);
    }
    path(url, rest.slice(1));
    return true;
  }
  if (base && base.scheme === 'file:') {
    url.host = base.host;
    if (rest === '') {
      url.path = base.path.slice();
      if (url.query === null) url.query = base.query;
      return true;
    }
    if (!/^[A-Za-z][:|](?:[\\/]|$)/.test(rest)) url.path = base.path.slice(0, -1);
  }
  path(url, rest);
  return true;
}

function relative(url, rest, base) {
  const slash = special(url.scheme) ? /^[\\/]/ : /^\//;
  if (slash.test(rest)) {
    if (slash.test(rest.slice(1))) return authority(url, rest.slice(2).replace(special(url.scheme) ? /^[\\/]+/ : /^$/, ''));
    inherit(url, base);
    path(url, rest.slice(1));
    return true;
  }
  inherit(url, base);
  if (rest === '') {
    url.path = base.path.slice();
    if (url.query === null) url.query = base.query;
    return true;
  }
  url.path = base.path.slice(0, -1);
  path(url, rest);
  return true;
}

// parse returns the record of a URL, null if it is none.
exports.parse = function parse(input, base = null) {
  input = input.replace(/^[\0- ]+|[\0- ]+$/g, '').replace(/[\t\n\r]/g, '');
  let fragment = null;
  const hash = input.indexOf('#');
  if (hash >= 0) {
    fragment = encode(input.slice(hash + 1), 'fragment');
    input = input.slice(0, hash);
  }
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(input);
  const url = blank(scheme ? scheme[0].toLowerCase() : base && base.scheme);
  url.fragment = fragment;
  let rest = scheme ? input.slice(scheme[0].length) : input;
  const opaqueBase = base !== null && typeof base.path === 'string';
  if (!scheme) {
    if (base === null || (opaqueBase && (rest !== '' || fragment === null))) return null;
    if (opaqueBase) return { ...base, fragment };
  }
  const mark = rest.indexOf('?');
  if (mark >= 0) {
    query(url, rest.slice(mark + 1));
    rest = rest.slice(0, mark);
  }
  let good;
  if (url.scheme === 'file:') good = file(url, rest, base);
  else if (!scheme) good = relative(url, rest, base);
  else if (special(url.scheme)) {
    if (base && base.scheme === url.scheme && !/^[\\/]{2}/.test(rest)) good = relative(url, rest, base);
    else good = authority(url, rest.replace(/^[\\/]+/, ''));
  } else if (rest.startsWith('//')) good = authority(url, rest.slice(2));
  else {
    good = true;
    if (rest[0] === '/') path(url, rest.slice(1));
    else url.path = encode(rest, 'control');
  }
  return good ? url : null;
};

exports.pathname = (url) => (typeof url.path === 'string' ? url.path : url.path.map((part) => `/${part}`).join(''));

exports.serialize = function (url, fragment = true) {
  let text = url.scheme;
  if (url.host !== null) {
    text += '//';
    if (url.username !== '' || url.password !== '') text += `${url.username}${url.password === '' ? '' : `:${url.password}`}@`;
    text += url.host + (url.port === '' ? '' : `:${url.port}`);
  } else if (typeof url.path !== 'string' && url.path.length > 1 && url.path[0] === '') {
    text += '/.';
  }
  text += exports.pathname(url);
  if (url.query !== null) text += `?${url.query}`;
  if (fragment && url.fragment !== null) text += `#${url.fragment}`;
  return text;
};
