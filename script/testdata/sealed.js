// Copyright 2026 The duplex authors. MIT license.

// make: prints keys, signatures and sealed texts, made at random. check: reads what
// another has made, and prints what of it is right.

'use strict';

const crypto = require('crypto');

const text = Buffer.from('a text that one end makes and the other reads');
const passphrase = 'a secret';
const { subtle } = crypto.webcrypto;
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const bytesOf = (text) => Buffer.from(text, 'base64');

const kinds = {
  'rsa': { modulusLength: 1024 },
  'rsa-pss': { modulusLength: 1024, hashAlgorithm: 'sha512', mgf1HashAlgorithm: 'sha256', saltLength: 12 },
  'rsa 3': { modulusLength: 1030, publicExponent: 3 },
  'rsa 512': { modulusLength: 512 },
  'ec P-256': { namedCurve: 'P-256' },
  'ec P-384': { namedCurve: 'P-384' },
  'ec P-521': { namedCurve: 'P-521' },
  'ec secp224r1': { namedCurve: 'secp224r1' },
  'ec secp256k1': { namedCurve: 'secp256k1' },
  'ed25519': {},
  'x25519': {},
};

function* signings(name) {
  if (name.startsWith('ec')) yield* [['sha256', {}], ['sha512', { dsaEncoding: 'ieee-p1363' }], ['sha1', {}]];
  if (name === 'rsa' || name === 'rsa 3') {
    yield* [['sha256', {}], ['sha1', { padding: 6 }], ['sha256', { padding: 6, saltLength: 0 }], ['sha3-256', { padding: 6, saltLength: -1 }],
      ['ripemd160', { padding: 6, saltLength: 7 }]];
  }
  if (name === 'rsa-pss') yield ['sha512', {}];
  if (name === 'rsa 512') yield ['sha1', {}];
  if (name === 'ed25519') yield [null, {}];
}

const ciphers = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'];
const oaep = { 'rsa': ['sha1', 'sha256'], 'rsa 3': ['sha1', 'sha224'] };

async function make() {
  const made = {};
  for (const [name, options] of Object.entries(kinds)) {
    const { privateKey, publicKey } = crypto.generateKeyPairSync(name.split(' ')[0], options);
    const other = crypto.generateKeyPairSync(name.split(' ')[0], options);
    const all = (made[name] = {
      pkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      spki: publicKey.export({ type: 'spki', format: 'pem' }),
      sealed: ciphers.map((cipher) => privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase })),
      signatures: [...signings(name)].map(([digest, more]) => base64(crypto.sign(digest, text, { key: privateKey, ...more }))),
      encrypted: (oaep[name] ?? []).map((oaepHash) => base64(crypto.publicEncrypt({ key: publicKey, oaepHash }, text))),
    });
    if (name.startsWith('ec')) all.old = ciphers.map((cipher) => privateKey.export({ type: 'sec1', format: 'pem', cipher, passphrase }));
    if (name === 'rsa') all.old = ciphers.map((cipher) => privateKey.export({ type: 'pkcs1', format: 'pem', cipher, passphrase }));
    if (name !== 'rsa-pss' && name !== 'ec secp224r1') all.jwk = privateKey.export({ format: 'jwk' });
    if (name.startsWith('ec') || name === 'x25519') {
      all.other = other.publicKey.export({ type: 'spki', format: 'pem' });
      all.secret = base64(crypto.diffieHellman({ privateKey: other.privateKey, publicKey }));
    }
  }
  const pair = await subtle.generateKey({ name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true, ['sign', 'verify']);
  made.web = {
    key: await subtle.exportKey('jwk', pair.publicKey),
    signature: base64(await subtle.sign({ name: 'RSA-PSS', saltLength: 20 }, pair.privateKey, text)),
  };
  const dh = crypto.getDiffieHellman('modp14');
  made.dh = { public: dh.generateKeys('hex'), private: dh.getPrivateKey('hex') };
  console.log(JSON.stringify(made));
}

async function check(made) {
  for (const name of Object.keys(kinds)) {
    const all = made[name];
    const privateKey = crypto.createPrivateKey(all.pkcs8);
    const publicKey = crypto.createPublicKey(all.spki);
    console.log(name, privateKey.asymmetricKeyDetails, crypto.createPublicKey(privateKey).equals(publicKey));
    for (const key of [...all.sealed, ...(all.old ?? [])]) console.log(crypto.createPrivateKey({ key, passphrase }).equals(privateKey));
    if (all.jwk) console.log(crypto.createPrivateKey({ key: all.jwk, format: 'jwk' }).equals(privateKey));
    [...signings(name)].forEach(([digest, more], i) => {
      console.log(digest, more, crypto.verify(digest, text, { key: publicKey, ...more }, bytesOf(all.signatures[i])));
      console.log(crypto.verify(digest, Buffer.from('another text'), { key: publicKey, ...more }, bytesOf(all.signatures[i])));
    });
    (oaep[name] ?? []).forEach((oaepHash, i) => {
      console.log(oaepHash, crypto.privateDecrypt({ key: privateKey, oaepHash }, bytesOf(all.encrypted[i])).toString());
    });
    if (all.other) console.log(base64(crypto.diffieHellman({ privateKey, publicKey: crypto.createPublicKey(all.other) })) === all.secret);
  }
  const key = await subtle.importKey('jwk', made.web.key, { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify']);
  console.log('web', await subtle.verify({ name: 'RSA-PSS', saltLength: 20 }, key, bytesOf(made.web.signature), text));
  const dh = crypto.getDiffieHellman('modp14');
  const own = dh.generateKeys();
  const other = crypto.createDiffieHellman(dh.getPrime(), 2);
  other.setPrivateKey(made.dh.private, 'hex');
  console.log('dh', dh.computeSecret(made.dh.public, 'hex').equals(other.computeSecret(own)));
}

if (process.argv[2] === 'make') {
  make();
} else {
  let input = '';
  process.stdin.on('data', (part) => (input += part));
  process.stdin.on('end', () => check(JSON.parse(input)));
}
