// What hashes and HMACs refuse, and with which words.
const c = require('crypto');
const { inspect } = require('util');

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
  "c.createHash('nope')",
  'c.createHash()',
  "c.createHash('sha256',{outputLength:16}).digest()",
  "c.createHash('sha256',{outputLength:32}).update('').digest('hex')",
  "c.createHash('shake128',{outputLength:0}).digest('hex')",
  "c.createHash('shake128',{outputLength:-1})",
  "c.createHash('shake128',{outputLength:'a'})",
  "c.createHash('sha256').update()",
  "c.createHash('sha256').update('a','hex').digest('hex')",
  "c.createHash('sha256').digest('nope')",
  "c.createHash('sha256').digest('buffer')",
  "c.createHash('sha256').digest('latin1').length",
  "c.createHash('sha256').digest(null)",
  "c.createHash('sha256').digest({})",
  "c.createHash('sha256').digest(5)",
  "const h=c.createHash('md5');h.digest();h.update('a')",
  "const h=c.createHash('md5');h.digest();h.digest()",
  "const h=c.createHash('md5');h.digest();h.copy()",
  "c.createHash('sha256').update('a','bad')",
  "c.createHash('SHA-256')",
  "c.createHash('RSA-SHA256').digest('hex')",
  "c.createHash('sHa256').digest('hex')",
  "c.createHash('sha512/256')",
  "c.createHash('blake2b512').digest('hex')",
  "c.createHash('md4')",
  "c.createHash('whirlpool')",
  "c.createHash('ripemd160').digest('hex')",
  "c.createHash('sha256').update(new Uint16Array([1,2])).digest('hex')",
  "c.createHash('sha256').update(new ArrayBuffer(3)).digest('hex')",
  "c.createHmac('nope','a')",
  "c.createHmac('sha256')",
  "c.createHmac('sha256',null)",
  'c.createHmac()',
  "c.createHmac('sha256',5)",
  "c.createHmac('sha256',{})",
  "c.createHmac('shake128','a')",
  "const h=c.createHmac('md5','a');h.digest();h.update('a')",
  "const h=c.createHmac('md5','a');h.digest('hex')+h.digest('hex')+h.digest().length",
  "c.hash('sha1','a')",
  "c.hash('sha1','a','buffer')",
  "c.hash('sha1',5)",
  "c.hash('nope','a')",
  'c.hash(1)',
  "c.hash('sha1','a','xx')",
  "c.hash('sha1','a',5)",
  "c.Hash('md5').digest('hex')",
  "c.Hmac('md5','a').digest('hex')",
  "c.createHash('sha3-256').digest('hex')",
  "c.createHash('shake128').digest('hex')",
  "c.createHash('shake256').digest('hex')",
  "c.createHash('shake256',{outputLength:5}).digest('hex')",
  "c.createHash('md5-sha1').digest('hex')",
  "c.createHash('ssl3-md5').digest('hex')",
  "c.createHash('sm3').digest('hex')",
]) console.log(code, '=>', outcome(code));
