// Every method with an odd argument in every place.
const crypto = require('crypto');
const { tell, privateKey, publicKey, secret } = require('../oddities');

const k16 = Buffer.alloc(16, 1);
const methods = {
  'hash.update': () => [crypto.createHash('sha256'), 'update', ['abc', 'utf8']],
  'hash.digest': () => [crypto.createHash('sha256'), 'digest', ['hex']],
  'hmac.update': () => [crypto.createHmac('sha256', 'k'), 'update', ['abc', 'utf8']],
  'cipher.update': () => [crypto.createCipheriv('aes-128-cbc', k16, k16), 'update', ['abc', 'utf8', 'hex']],
  'cipher.setAAD': () => [crypto.createCipheriv('aes-128-gcm', k16, k16), 'setAAD', [k16, {}]],
  'decipher.setAuthTag': () => [crypto.createDecipheriv('aes-128-gcm', k16, k16), 'setAuthTag', [k16, 'hex']],
  'sign.update': () => [crypto.createSign('sha256'), 'update', ['abc', 'utf8']],
  'sign.sign': () => [crypto.createSign('sha256'), 'sign', [privateKey, 'hex']],
  'verify.verify': () => [crypto.createVerify('sha256'), 'verify', [publicKey, Buffer.alloc(8), 'hex']],
  'ecdh.setPrivateKey': () => [crypto.createECDH('prime256v1'), 'setPrivateKey', [k16, 'hex']],
  'ecdh.computeSecret': () => {
    const e = crypto.createECDH('prime256v1');
    e.setPrivateKey(k16);
    return [e, 'computeSecret', [e.getPublicKey(), 'hex', 'hex']];
  },
  'ecdh.getPublicKey': () => {
    const e = crypto.createECDH('prime256v1');
    e.setPrivateKey(k16);
    return [e, 'getPublicKey', ['hex', 'compressed']];
  },
  'secret.export': () => [secret, 'export', [{ format: 'jwk' }]],
  'public.export': () => [publicKey, 'export', [{ format: 'der', type: 'spki' }]],
  'private.export': () => [privateKey, 'export', [{ format: 'der', type: 'pkcs8' }]],
  'key.equals': () => [publicKey, 'equals', [publicKey]],
};

for (const [name, make] of Object.entries(methods)) {
  const [, method, usual] = make();
  const isName = (i) => usual[i] === 'hex' || usual[i] === 'compressed'; // how it is shown is not crypto's affair
  tell(name, usual, (args) => make()[0][method](...args), (i, odd, label) => isName(i) && (label === 'Symbol' || label === 'Buffer'));
}
