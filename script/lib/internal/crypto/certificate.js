// Copyright 2026 The duplex authors. MIT license.

// X509Certificate.

'use strict';

const { codes } = require('internal/errors');
const { validateBoolean, validateObject, validateString } = require('internal/validators');
const { call, views } = require('internal/crypto/util');
const { keyObject, nativeOf, isKeyObject } = require('internal/crypto/keys');

const kFields = Symbol('fields');
const kNative = Symbol('native');

const digestOf = (name, raw) => call('hash.once', name, raw).toString('hex').toUpperCase().replace(/..(?=.)/g, '$&:');

// grouped is pairs of names and values as an object; what comes more often is a list.
function grouped(pairs, lists) {
  const found = Object.create(null);
  for (const [name, value] of pairs) {
    if (found[name] === undefined) found[name] = lists ? [value] : value;
    else found[name] = [].concat(found[name], value);
  }
  return found;
}

// matches reports whether a name of a certificate, which may begin with a star, is
// that of a host.
function matches(name, host, { wildcards, partialWildcards, multiLabelWildcards, singleLabelSubdomains }) {
  name = name.toLowerCase();
  host = host.toLowerCase();
  if (name === host) return true;
  if (host.startsWith('.')) return name.endsWith(host) && (!singleLabelSubdomains || !name.slice(0, -host.length).includes('.'));
  const star = name.indexOf('*');
  if (star < 0 || !wildcards || name.indexOf('*', star + 1) >= 0) return false;
  const dot = name.indexOf('.');
  if (dot < star || name.indexOf('.', dot + 1) < 0 || name.startsWith('xn--')) return false;
  if (!partialWildcards && dot > 1) return false;
  const [before, after] = [name.slice(0, star), name.slice(star + 1)];
  if (host.length < before.length + after.length + 1 || !host.startsWith(before) || !host.endsWith(after)) return false;
  const stood = host.slice(before.length, host.length - after.length);
  return multiLabelWildcards ? !stood.startsWith('.') : /^[a-z0-9-]+$/.test(stood);
}

const switches = {
  wildcards: true, partialWildcards: true, multiLabelWildcards: false, singleLabelSubdomains: false,
};

function optionsOf(options) {
  validateObject(options, 'options');
  const found = { subject: options.subject ?? 'default' };
  validateString(found.subject, 'options.subject');
  for (const [name, usual] of Object.entries(switches)) {
    found[name] = options[name] ?? usual;
    validateBoolean(found[name], `options.${name}`);
  }
  if (!['default', 'always', 'never'].includes(found.subject)) throw new codes.ERR_INVALID_ARG_VALUE('options.subject', found.subject);
  return found;
}

class X509Certificate {
  constructor(buffer) {
    if (typeof buffer === 'string') buffer = Buffer.from(buffer);
    if (!ArrayBuffer.isView(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['string', ...views], buffer);
    const native = call('certificate', buffer);
    Object.defineProperty(this, kNative, { value: native });
    Object.defineProperty(this, kFields, { value: call('certificate.fields', native) });
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const shown = {};
    for (const name of ['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'fingerprint', 'fingerprint256',
      'fingerprint512', 'keyUsage', 'serialNumber']) shown[name] = this[name];
    return `X509Certificate ${require('internal/inspect').inspect(shown, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }

  get subject() { return this[kFields].subject; }
  get subjectAltName() { return this[kFields].subjectAltName; }
  get issuer() { return this[kFields].issuer; }
  get issuerCertificate() { return undefined; }
  get infoAccess() { return this[kFields].infoAccess?.map(([name, value]) => `${name}:${value}`).join('\n'); }
  get validFrom() { return this[kFields].validFrom; }
  get validTo() { return this[kFields].validTo; }
  get fingerprint() { return digestOf('sha1', this.raw); }
  get fingerprint256() { return digestOf('sha256', this.raw); }
  get fingerprint512() { return digestOf('sha512', this.raw); }
  get keyUsage() { return this[kFields].keyUsage; }
  get serialNumber() { return this[kFields].serialNumber; }
  get raw() { return this[kFields].raw; }
  get publicKey() { return keyObject('public', call('certificate.key', this[kNative])); }
  toString() { return this[kFields].pem; }
  toJSON() { return this.toString(); }
  get ca() { return this[kFields].ca; }

  checkHost(name, options = {}) {
    validateString(name, 'name');
    return this.#find('DNS', 'CN', optionsOf(options), (one, known) => matches(one, name, known));
  }

  checkEmail(email, options = {}) {
    validateString(email, 'email');
    return this.#find('email', 'emailAddress', optionsOf(options), (one) => {
      const [a, b] = [one.lastIndexOf('@'), email.lastIndexOf('@')];
      return one.slice(0, a) === email.slice(0, b) && one.slice(a).toLowerCase() === email.slice(b).toLowerCase();
    });
  }

  // The subject counts if there is no name of the kind, or always, or never.
  #find(kind, attribute, options, fits) {
    const names = (this[kFields].names ?? []).filter(([one]) => one === kind).map(([, value]) => value);
    const found = names.find((one) => fits(one, options));
    if (found !== undefined) return found;
    if (options.subject === 'never' || (options.subject === 'default' && names.length > 0)) return undefined;
    return this[kFields].subjectParts.filter(([one]) => one === attribute).map(([, value]) => value).find((one) => fits(one, options));
  }

  checkIP(ip) {
    validateString(ip, 'ip');
    const wanted = canonical(ip);
    const names = this[kFields].names ?? [];
    return wanted !== undefined && names.some(([kind, value]) => kind === 'IP Address' && canonical(value) === wanted) ? ip : undefined;
  }

  checkIssued(otherCert) {
    if (!isCertificate(otherCert)) throw new codes.ERR_INVALID_ARG_TYPE('otherCert', 'X509Certificate', otherCert);
    return call('certificate.issued', this[kNative], otherCert[kNative]);
  }

  checkPrivateKey(pkey) {
    checkKey(pkey, 'private');
    return call('key.equal', call('key.public', nativeOf(pkey)), call('certificate.key', this[kNative]));
  }

  verify(pkey) {
    checkKey(pkey, 'public');
    return call('certificate.verify', this[kNative], nativeOf(pkey));
  }

  toLegacyObject() {
    const { subjectParts, issuerParts, subjectAltName, infoAccess, modulus, exponent, spki, keyUsage } = this[kFields];
    const found = { subject: grouped(subjectParts), issuer: grouped(issuerParts) };
    if (subjectAltName !== undefined) found.subjectaltname = subjectAltName;
    if (infoAccess !== undefined) found.infoAccess = grouped(infoAccess, true);
    found.ca = this.ca;
    const key = this.publicKey;
    if (modulus !== undefined) {
      Object.assign(found, { modulus, bits: key.asymmetricKeyDetails.modulusLength, exponent, pubkey: spki });
    } else if (key.asymmetricKeyType === 'ec') {
      const { namedCurve } = key.asymmetricKeyDetails;
      const pubkey = call('key.encodeRaw', nativeOf(key));
      const nistCurve = { prime256v1: 'P-256', secp224r1: 'P-224', secp384r1: 'P-384', secp521r1: 'P-521' }[namedCurve];
      const bits = { secp224r1: 224, secp384r1: 384, secp521r1: 521 }[namedCurve] ?? 256;
      Object.assign(found, { bits, pubkey, asn1Curve: namedCurve }, nistCurve && { nistCurve });
    }
    const { validFrom: valid_from, validTo: valid_to, fingerprint, fingerprint256, fingerprint512, serialNumber, raw } = this;
    Object.assign(found, { valid_from, valid_to, fingerprint, fingerprint256, fingerprint512 }, keyUsage && { ext_key_usage: keyUsage });
    return Object.assign(found, { serialNumber, raw });
  }
}
for (const name of Object.getOwnPropertyNames(X509Certificate.prototype)) {
  if (name !== 'constructor') Object.defineProperty(X509Certificate.prototype, name, { enumerable: true });
}

// canonical is an address in one form, undefined if it is none.
function canonical(address) {
  const { SocketAddress, isIP } = require('net');
  const version = isIP(address);
  return version === 0 ? undefined : new SocketAddress({ address, family: `ipv${version}` }).address;
}

const isCertificate = (value) => typeof value === 'object' && value !== null && kFields in value;

function checkKey(pkey, type) {
  if (!isKeyObject(pkey)) throw new codes.ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', pkey);
  if (pkey.type !== type) throw new codes.ERR_INVALID_ARG_VALUE('pkey', pkey);
}

module.exports = { X509Certificate };
