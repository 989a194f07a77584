// What is done elsewhere calls back later than what the turn asked for, in a turn of its
// own, with the context of the call; and it keeps the script alive.
const crypto = require('crypto');
const { promisify } = require('util');
const { AsyncLocalStorage } = require('async_hooks');

const storage = new AsyncLocalStorage();
storage.run('context', () => {
  crypto.randomBytes(8, (error, bytes) => {
    console.log('randomBytes', error, bytes.length, storage.getStore());
    process.nextTick(() => console.log('tick of randomBytes'));
    Promise.resolve().then(() => console.log('job of randomBytes'));
  });
});
console.log('main');
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('job'));

process.on('exit', () => console.log('exit'));

setTimeout(async () => {
  const key = await promisify(crypto.pbkdf2)('pw', 'salt', 1000, 16, 'sha1');
  console.log('pbkdf2', key.toString('hex'));
  console.log('scrypt', (await promisify(crypto.scrypt)('pw', 'salt', 8, { N: 1024 })).toString('hex'));
  console.log('hkdf', Buffer.from(await promisify(crypto.hkdf)('sha512', 'key', 'salt', 'info', 9)).toString('hex'));
  const pair = await promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-256' });
  console.log('generateKeyPair', Object.keys(pair).join(), pair.privateKey.type);
  console.log('generateKey', (await promisify(crypto.generateKey)('hmac', { length: 64 })).symmetricKeySize);
  console.log('checkPrime', await promisify(crypto.checkPrime)(2n ** 127n - 1n));
  console.log('generatePrime', (await promisify(crypto.generatePrime)(64)).byteLength);
  console.log('randomFill', (await promisify(crypto.randomFill)(new Uint8Array(3))).length);
  console.log('randomInt', await promisify(crypto.randomInt)(1));
  const signature = await promisify(crypto.sign)('sha256', Buffer.from('a'), pair.privateKey);
  console.log('verify', await promisify(crypto.verify)('sha256', Buffer.from('a'), pair.publicKey, signature));
  crypto.sign('sha256', Buffer.from('a'), crypto.generateKeyPairSync('x25519').privateKey, (error, result) => {
    console.log(error.code, result);
    crypto.generateKeyPair('rsa', { modulusLength: 1024, publicExponent: 3, publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'der' } }, (failure, publicKey, privateKey) => {
      console.log(failure, publicKey.split('\n')[0], Buffer.isBuffer(privateKey));
      crypto.randomBytes(1, () => {
        throw new Error('of a callback');
      });
    });
  });
}, 50);
process.on('uncaughtException', (error) => console.log('uncaught', error.message));
