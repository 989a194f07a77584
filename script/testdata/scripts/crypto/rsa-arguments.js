// What RSA's own encryption refuses, and with which words.
const c = require('crypto');
const { inspect } = require('util');
const { privateKey: rp, publicKey: ru } = c.generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = c.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = c.generateKeyPairSync('ed25519');
const xx = c.generateKeyPairSync('x25519');
const pss = c.generateKeyPairSync('rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 32 });

function outcome(code) {
  try {
    const result = eval(code);
    if (Buffer.isBuffer(result)) return `<${result.toString('hex')}>`;
    return typeof result === 'object' ? inspect(result) : result;
  } catch (error) {
    return `${error.name} | ${error.message} | ${inspect({ ...error })}`;
  }
}

for (const code of [
  'c.publicEncrypt()',
  'c.publicEncrypt(ru)',
  'c.publicEncrypt(ru,5)',
  "c.publicEncrypt(ru,'abc').length",
  'c.publicEncrypt(ru,Buffer.alloc(200))',
  'c.publicEncrypt({key:ru,padding:1},Buffer.alloc(200))',
  'c.publicEncrypt({key:ru,padding:3},Buffer.alloc(20))',
  'c.publicEncrypt({key:ru,padding:3},Buffer.alloc(128,255))',
  'c.publicEncrypt({key:ru,padding:3},Buffer.alloc(128,0)).length',
  'c.publicEncrypt({key:ru,padding:9},Buffer.alloc(20))',
  "c.publicEncrypt({key:ru,oaepHash:'nope'},Buffer.alloc(20))",
  'c.publicEncrypt({key:ru,oaepHash:5},Buffer.alloc(20))',
  'c.publicEncrypt({key:ru,oaepLabel:5},Buffer.alloc(20))',
  "c.publicEncrypt({key:ru,oaepHash:'sha256',oaepLabel:Buffer.from('a')},Buffer.alloc(20)).length",
  'c.publicEncrypt(ec.publicKey,Buffer.alloc(20))',
  'c.publicEncrypt(ed.publicKey,Buffer.alloc(20))',
  "c.publicEncrypt('x',Buffer.alloc(20))",
  'c.publicEncrypt(rp,Buffer.alloc(20)).length',
  "c.publicEncrypt({key:ru,encoding:'hex'},'00ff').length",
  'c.privateDecrypt(rp,Buffer.alloc(128))',
  'c.privateDecrypt(rp,Buffer.alloc(127))',
  'c.privateDecrypt({key:rp,padding:1},Buffer.alloc(128))',
  'c.privateDecrypt({key:rp,padding:3},Buffer.alloc(128,1)).length',
  'c.privateDecrypt(ru,Buffer.alloc(128))',
  "c.privateDecrypt({key:rp,padding:1},c.publicEncrypt({key:ru,padding:1},Buffer.from('a')))",
  "c.privateDecrypt({key:rp,oaepHash:'sha256'},c.publicEncrypt(ru,Buffer.from('a')))",
  "c.privateDecrypt({key:rp},c.publicEncrypt({key:ru,padding:1},Buffer.from('a')))",
  "c.privateEncrypt(rp,Buffer.from('a')).length",
  "c.privateEncrypt({key:rp,padding:4},Buffer.from('a'))",
  "c.privateEncrypt({key:rp,padding:3},Buffer.from('a'))",
  "c.publicDecrypt(ru,c.privateEncrypt(rp,Buffer.from('a')))",
  'c.publicDecrypt(ru,Buffer.alloc(128,1))',
  'c.publicDecrypt({key:ru,padding:3},Buffer.alloc(128,1)).length',
  'c.publicDecrypt(ru,Buffer.alloc(5))',
  'c.privateEncrypt(rp,Buffer.alloc(200))',
]) console.log(code, '=>', outcome(code));
