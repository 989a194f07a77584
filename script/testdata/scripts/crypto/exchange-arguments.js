// Diffie-Hellman, in groups of numbers and on curves: what is refused.
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
  'c.createDiffieHellman()',
  "c.createDiffieHellman('a')",
  'c.createDiffieHellman(1)',
  'c.createDiffieHellman(Buffer.from([23]),5)',
  'c.createDiffieHellman(Buffer.from([23]),Buffer.from([5])).verifyError',
  'c.createDiffieHellman(Buffer.from([22]),Buffer.from([5])).verifyError',
  "c.createDiffieHellman('00','hex')",
  "c.getDiffieHellman('x')",
  'c.getDiffieHellman()',
  "c.getDiffieHellman('modp5').getPrime('hex').slice(0,50)",
  "c.getDiffieHellman('modp14').verifyError",
  "c.getDiffieHellman('modp14').getPublicKey()",
  "c.getDiffieHellman('modp14').getPrivateKey()",
  "typeof c.getDiffieHellman('modp14').setPublicKey",
  "c.getDiffieHellman('modp1').generateKeys('hex').length",
  "c.getDiffieHellman('modp14').generateKeys('hex').length",
  "const d=c.getDiffieHellman('modp14');d.generateKeys();d.computeSecret(Buffer.from([1]))",
  "const d=c.getDiffieHellman('modp14');d.generateKeys();d.computeSecret(Buffer.from([0]))",
  "const d=c.getDiffieHellman('modp14');d.generateKeys();d.computeSecret(Buffer.alloc(257,255)).length",
  "const d=c.getDiffieHellman('modp14');d.computeSecret(Buffer.from([5]))",
  "c.getDiffieHellman('modp14').getGenerator('hex')",
  "const d=c.createDiffieHellman(Buffer.from([23]),Buffer.from([5]));d.setPrivateKey(Buffer.from([6]));d.generateKeys('hex')+d.computeSecret(Buffer.from([19]),null,'hex')+d.getPrivateKey('hex')",
  'c.createDiffieHellman(256,2).verifyError',
  "c.createDiffieHellman(Buffer.from('ff','hex'),0)",
  "c.createDiffieHellman(Buffer.from('ff','hex'),Buffer.alloc(0))",
  "c.createDiffieHellman(Buffer.from('ff','hex'),1)",
  "c.DiffieHellmanGroup('modp14').getGenerator('hex')",
  'c.createECDH()',
  "c.createECDH('x')",
  "const e=c.createECDH('prime256v1');e.getPublicKey()",
  "const e=c.createECDH('prime256v1');e.getPrivateKey()",
  "const e=c.createECDH('prime256v1');e.computeSecret(Buffer.alloc(5))",
  "const e=c.createECDH('prime256v1');e.generateKeys();e.computeSecret(Buffer.alloc(5))",
  "const e=c.createECDH('prime256v1');e.setPrivateKey(Buffer.alloc(5))",
  "const e=c.createECDH('prime256v1');e.setPrivateKey(Buffer.alloc(32,255))",
  "const e=c.createECDH('prime256v1');e.setPrivateKey(Buffer.alloc(32,5));e.getPublicKey('hex','compressed')+' '+e.getPublicKey('hex','hybrid').length",
  "const e=c.createECDH('prime256v1');e.setPrivateKey(Buffer.alloc(32,5));e.getPublicKey('hex','x')",
  "const e=c.createECDH('prime256v1');e.setPublicKey(Buffer.alloc(5))",
  "c.ECDH.convertKey(Buffer.alloc(5),'prime256v1')",
  "c.ECDH.convertKey('02','x','hex')",
  "const e=c.createECDH('prime256v1');e.generateKeys('hex','compressed').length",
  "const e=c.createECDH('secp256k1');e.setPrivateKey(Buffer.alloc(32,5));e.getPublicKey('hex','compressed')",
  "c.createECDH('P-256')",
  "const e=c.createECDH('prime256v1');e.setPrivateKey('01','hex');e.getPrivateKey('hex')+e.getPublicKey('hex')",
  "const e=c.createECDH('prime256v1');e.setPrivateKey('01','hex');e.setPublicKey('03','hex')",
  'c.diffieHellman()',
  'c.diffieHellman({})',
  'c.diffieHellman({privateKey:rp,publicKey:ru})',
  'c.diffieHellman({privateKey:xx.privateKey,publicKey:ec.publicKey})',
  'c.diffieHellman({privateKey:xx.privateKey,publicKey:xx.publicKey}).length',
  'c.diffieHellman({privateKey:xx.privateKey,publicKey:xx.privateKey}).length',
  'c.diffieHellman({privateKey:xx.publicKey,publicKey:xx.publicKey}).length',
  "c.diffieHellman({privateKey:'a',publicKey:xx.publicKey}).length",
  'c.diffieHellman({privateKey:ed.privateKey,publicKey:ed.publicKey}).length',
  'c.diffieHellman({privateKey:ec.privateKey,publicKey:ec.publicKey}).length',
]) console.log(code, '=>', outcome(code));
