// Copyright 2026 The duplex authors. MIT license.

// Names: of a server in its certificate, and of the protocols of ALPN.
'use strict';

const { codes, define } = require('internal/errors');
const { isIP } = require('internal/net_address');
const net = binding('net');

define('ERR_TLS_CERT_ALTNAME_FORMAT', SyntaxError, 'Invalid subject alternative name string');

// An error of a certificate that is another host's.
class AltNameError extends Error {
  constructor(reason, host, cert) {
    super(`Hostname/IP does not match certificate's altnames: ${reason}`);
    this.code = 'ERR_TLS_CERT_ALTNAME_INVALID';
    Object.assign(this, { reason, host, cert });
    require('internal/errors').decorate(this, `Error [${this.code}]`);
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}
Object.defineProperty(AltNameError, 'name', { value: 'Error' });
Object.defineProperty(AltNameError.prototype, 'constructor', { value: Error, writable: true, configurable: true });

// parts is a name without its last dot, in small letters, cut at the dots.
const parts = (name) => name.replace(/[.]$/, '').replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32)).split('.');

// fits reports whether a name of a certificate, whose first part may have one star, is that
// of a host (RFC 6125).
function fits(host, pattern) {
  if (!pattern) return false;
  const wanted = parts(pattern);
  if (wanted.length !== host.length || wanted.includes('') || wanted.some((part) => /[^\u0021-\u007F]/u.test(part))) return false;
  for (let i = 1; i < host.length; i++) {
    if (host[i] !== wanted[i]) return false;
  }
  const pieces = wanted[0].split('*');
  if (pieces.length === 1 || wanted[0].includes('xn--')) return host[0] === wanted[0];
  if (pieces.length > 2 || wanted.length <= 2) return false;
  const [before, after] = pieces;
  return before.length + after.length <= host[0].length && host[0].startsWith(before) && host[0].endsWith(after);
}

const quoted = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;

// split cuts the text of a certificate's names at its commas. A name in quotes may have
// some itself.
function split(text) {
  if (!text.includes('"')) return text.split(', ');
  const names = [];
  let name = '';
  for (let rest = text; rest !== '';) {
    const comma = rest.indexOf(',');
    const quote = rest.indexOf('"');
    if (quote >= 0 && (comma < 0 || quote < comma)) {
      const found = quoted.exec(rest.slice(quote));
      if (!found) throw new codes.ERR_TLS_CERT_ALTNAME_FORMAT();
      name += rest.slice(0, quote) + JSON.parse(found[0]);
      rest = rest.slice(quote + found[0].length);
    } else if (comma >= 0) {
      names.push(name + rest.slice(0, comma));
      name = '';
      rest = rest.slice(comma + 2);
    } else {
      name += rest;
      rest = '';
    }
  }
  names.push(name);
  return names;
}

const canonical = (address) => net.canonical(address, isIP(address)) || address;

exports.checkServerIdentity = function checkServerIdentity(hostname, cert) {
  const { subject, subjectaltname: altNames } = cert;
  const names = altNames ? split(altNames) : [];
  const dns = names.filter((name) => name.startsWith('DNS:')).map((name) => name.slice(4));
  const ips = names.filter((name) => name.startsWith('IP Address:')).map((name) => canonical(name.slice(11)));
  hostname = `${hostname}`.replace(/[.]$/, '');
  const host = parts(hostname);
  let reason;
  if (isIP(hostname)) {
    if (ips.includes(canonical(hostname))) return undefined;
    reason = `IP: ${hostname} is not in the cert's list: ${ips.join(', ')}`;
  } else if (dns.length > 0) {
    if (dns.some((name) => fits(host, name))) return undefined;
    reason = `Host: ${hostname}. is not in the cert's altnames: ${altNames}`;
  } else if (subject?.CN) {
    if ([].concat(subject.CN).some((name) => fits(host, name))) return undefined;
    reason = `Host: ${hostname}. is not cert's CN: ${subject.CN}`;
  } else {
    reason = 'Cert does not contain a DNS name';
  }
  return new AltNameError(reason, hostname, cert);
};

// convertALPNProtocols gives out.ALPNProtocols the names as ALPN writes them, each after
// its length.
exports.convertALPNProtocols = function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) {
    const wire = protocols.map((name, i) => {
      const length = Buffer.byteLength(name);
      if (length > 255) {
        const error = new RangeError(`The byte length of the protocol at index ${i} exceeds the maximum length. It must be <= 255. ` +
          `Received ${length}`);
        error.code = 'ERR_OUT_OF_RANGE';
        require('internal/errors').decorate(error, 'RangeError [ERR_OUT_OF_RANGE]');
        throw error;
      }
      return Buffer.concat([Buffer.of(length), Buffer.from(name)]);
    });
    out.ALPNProtocols = Buffer.concat(wire);
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(protocols.buffer.slice(protocols.byteOffset, protocols.byteOffset + protocols.byteLength));
  }
};
