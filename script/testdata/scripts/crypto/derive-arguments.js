// Keys from passwords and from other keys: known results, and what is refused.
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
  'c.pbkdf2Sync()',
  "c.pbkdf2Sync('a','b')",
  "c.pbkdf2Sync('a','b',1)",
  "c.pbkdf2Sync('a','b',1,20)",
  "c.pbkdf2Sync('a','b',1,20,'nope')",
  "c.pbkdf2Sync('a','b',0,20,'sha1')",
  "c.pbkdf2Sync('a','b',1,-1,'sha1')",
  "c.pbkdf2Sync('a','b',1,0,'sha1')",
  "c.pbkdf2Sync(5,'b',1,20,'sha1')",
  "c.pbkdf2Sync('a',5,1,20,'sha1')",
  "c.pbkdf2Sync('a','b',1.5,20,'sha1')",
  "c.pbkdf2Sync('a','b','1',20,'sha1')",
  "c.pbkdf2Sync('a','b',1,20,'sha1')",
  "c.pbkdf2Sync('','',1,20,'SHA-256')",
  "c.pbkdf2('a','b',1,20,'sha1')",
  "c.pbkdf2('a','b',1,20,()=>{})",
  "c.pbkdf2('a','b',1,20,'nope',()=>{})",
  "c.pbkdf2Sync('a','b',1,2**31,'sha1')",
  "c.pbkdf2Sync('a','b',2**31,10,'sha1')",
  "c.pbkdf2Sync('a','b',1,20,null)",
  "c.pbkdf2Sync('a','b',1,20,5)",
  "c.pbkdf2Sync('a','b',1,20,'shake128')",
  'c.scryptSync()',
  "c.scryptSync('a')",
  "c.scryptSync('a','b')",
  "c.scryptSync('a','b',10)",
  "c.scryptSync('a','b',-1)",
  "c.scryptSync('a','b',0)",
  "c.scryptSync('a','b',10,{N:3})",
  "c.scryptSync('a','b',10,{N:1})",
  "c.scryptSync('a','b',10,{N:2**20})",
  "c.scryptSync('a','b',10,{N:2,cost:4})",
  "c.scryptSync('a','b',10,{r:0})",
  "c.scryptSync('a','b',10,{p:0})",
  "c.scryptSync('a','b',10,{p:2**30})",
  "c.scryptSync('a','b',10,{maxmem:1})",
  "c.scryptSync('a','b',10,{N:'a'})",
  "c.scryptSync('a','b',10,5)",
  "c.scryptSync('a','b',10,null)",
  "c.scryptSync('a','b',10,{cost:16,blockSize:1,parallelization:1})",
  "c.scrypt('a','b',10)",
  "c.scrypt('a','b',10,{N:3},()=>{})",
  "c.scryptSync('a','b',10,{maxmem:-1})",
  "c.scryptSync('a','b',10,{maxmem:'a'})",
  "c.hkdfSync('sha256','k','s','i',10)",
  'c.hkdfSync()',
  "c.hkdfSync('sha256')",
  "c.hkdfSync('sha256','k')",
  "c.hkdfSync('sha256','k','s')",
  "c.hkdfSync('sha256','k','s','i')",
  "c.hkdfSync('nope','k','s','i',10)",
  "c.hkdfSync('sha256','k','s','i',-1)",
  "c.hkdfSync('sha256','k','s','i',0)",
  "c.hkdfSync('sha256','k','s','i',99999)",
  "c.hkdfSync('sha256','','s','i',10)",
  "c.hkdfSync('sha256','k','s',Buffer.alloc(1025),10)",
  "c.hkdf('sha256','k','s','i',10)",
  "c.hkdfSync(5,'k','s','i',10)",
  "c.hkdfSync('sha256','k',5,'i',10)",
  "c.hkdfSync('sha256','k','s',5,10)",
  "c.hkdfSync('sha256',c.createSecretKey(Buffer.from('k')),'s','i',10)",
]) console.log(code, '=>', outcome(code));
