// Hashes, ciphers and signatures are streams, too.
const crypto = require('crypto');
const { pipeline, Readable, Transform, Writable } = require('stream');
const key = Buffer.alloc(16, 1);

const text = () => Readable.from([Buffer.from('some '), Buffer.from('text '), Buffer.from('in pieces')]);
const gathered = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

(async () => {
  const hash = crypto.createHash('sha256');
  console.log(hash instanceof Transform, hash instanceof crypto.Hash, hash.constructor.name);
  console.log((await gathered(text().pipe(hash))).toString('hex'));
  console.log((await gathered(text().pipe(crypto.createHmac('sha1', 'key')))).toString('hex'));
  hash.on('error', (error) => console.log('error', error.code));

  const sealed = await gathered(text().pipe(crypto.createCipheriv('aes-128-cbc', key, key)));
  console.log(sealed.toString('hex'));
  const opened = await gathered(Readable.from([sealed]).pipe(crypto.createDecipheriv('aes-128-cbc', key, key)));
  console.log(opened.toString());

  await new Promise((resolve) => {
    const broken = crypto.createDecipheriv('aes-128-cbc', Buffer.alloc(16, 2), key);
    pipeline(Readable.from([sealed]), broken, new Writable({ write: (chunk, encoding, callback) => callback() }), (error) => {
      console.log(error.code, error.reason);
      resolve();
    });
  });

  const c = crypto.createCipheriv('aes-128-gcm', key, key);
  c.setEncoding('hex');
  let hex = '';
  c.on('data', (part) => (hex += part));
  c.on('end', () => console.log(hex, c.getAuthTag().toString('hex')));
  c.write('abc');
  c.write('6465', 'hex');
  c.end('f');
  await new Promise((resolve) => c.on('close', resolve));

  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const { privateKey: ec, publicKey: ecPublic } = crypto.generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const sign = crypto.createSign('sha384');
  console.log(sign instanceof Writable);
  sign.write('some ');
  sign.end('text');
  await new Promise((resolve) => sign.on('finish', resolve));
  const signature = sign.sign(ec);
  console.log(crypto.createVerify('sha384').update('some text').verify(ecPublic, signature), crypto.verify('sha384', Buffer.from('some texts'), ecPublic, signature));
  console.log(crypto.verify(null, Buffer.from('a'), publicKey, crypto.sign(null, Buffer.from('a'), privateKey)));
})();
