// What signatures refuse, and with which words.
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
  'c.createSign()',
  "c.createSign('nope')",
  "c.createSign('sha256').sign()",
  "c.createSign('sha256').sign(null)",
  "c.createSign('sha256').sign('x')",
  "c.createSign('sha256').sign(5)",
  "c.createSign('sha256').sign({})",
  "c.createSign('sha256').update()",
  "c.createSign('sha256').update(5)",
  "c.createSign('sha256').sign(ru)",
  "c.createSign('sha256').sign(c.createSecretKey('a'))",
  "const s=c.createSign('sha256');s.sign(rp);s.sign(rp)",
  "const s=c.createSign('sha256');s.sign(rp);s.update('a')",
  "c.createSign('sha256').sign(ed.privateKey)",
  "c.createSign('sha256').sign({key:rp,padding:9})",
  "c.createSign('sha256').sign({key:rp,padding:4})",
  "c.createSign('sha256').sign({key:rp,padding:'a'})",
  "c.createSign('sha256').sign({key:rp,padding:6,saltLength:'a'})",
  "c.createSign('sha256').sign({key:rp,padding:6,saltLength:500})",
  "c.createSign('sha256').sign({key:rp,dsaEncoding:'x'})",
  "c.createSign('sha256').sign(xx.privateKey)",
  "c.createSign('sha256').sign(pss.privateKey).length",
  "c.createSign('sha1').sign(pss.privateKey).length",
  "c.createSign('sha256').sign({key:pss.privateKey,saltLength:10}).length",
  "c.createSign('sha256').sign({key:pss.privateKey,padding:1}).length",
  "c.createSign('sha512').sign({key:rp,padding:6}).length",
  "c.createSign('RSA-SHA256').sign(rp).length",
  "c.createSign('shake128').sign(rp).length",
  "c.createSign('sha256').sign(rp,'hex').length",
  "c.createSign('md5-sha1').sign(rp).length",
  "c.createSign('blake2b512').sign(rp).length",
  "c.createVerify('sha256').verify()",
  "c.createVerify('sha256').verify(ru)",
  "c.createVerify('sha256').verify(ru,5)",
  "c.createVerify('sha256').verify(ru,'a')",
  "c.createVerify('sha256').verify(ru,Buffer.alloc(128))",
  "c.createVerify('sha256').verify(ec.publicKey,Buffer.alloc(8))",
  "c.createVerify('sha256').verify({key:ec.publicKey,dsaEncoding:'ieee-p1363'},Buffer.alloc(64))",
  "c.createVerify('sha256').verify(rp,Buffer.alloc(8))",
  "c.createVerify('nope')",
  "c.createVerify('sha256').verify(ed.publicKey,Buffer.alloc(8))",
  "const s=c.createVerify('sha256');s.verify(ru,'a');s.verify(ru,'a')",
  'c.sign()',
  "c.sign('sha256')",
  "c.sign('sha256','a')",
  "c.sign('sha256',Buffer.from('a'))",
  "c.sign('nope',Buffer.from('a'),rp)",
  "c.sign(null,Buffer.from('a'),rp).length",
  "c.sign(undefined,Buffer.from('a'),rp).length",
  "c.sign(null,Buffer.from('a'),ed.privateKey).length",
  "c.sign('sha256',Buffer.from('a'),ed.privateKey)",
  "c.sign(undefined,Buffer.from('a'),ec.privateKey).length>60",
  "c.sign('sha256',Buffer.from('a'),{key:ec.privateKey,dsaEncoding:'ieee-p1363'}).length",
  "c.sign('sha256',Buffer.from('a'),5)",
  "c.sign('sha256',Buffer.from('a'),ru)",
  "c.sign(5,Buffer.from('a'),ru)",
  "c.sign('sha256',Buffer.from('a'),rp,5)",
  "c.sign(null,Buffer.from('a'),xx.privateKey)",
  "c.verify('sha256',Buffer.from('a'),ru,Buffer.alloc(128))",
  "c.verify('sha256',Buffer.from('a'),ru)",
  "c.verify('sha256',Buffer.from('a'),ru,'a')",
  "c.verify(null,Buffer.from('a'),ed.publicKey,Buffer.alloc(64))",
  "c.verify(null,Buffer.from('a'),ed.publicKey,Buffer.alloc(5))",
  "c.verify('sha256',Buffer.from('a'),xx.publicKey,Buffer.alloc(5))",
]) console.log(code, '=>', outcome(code));
