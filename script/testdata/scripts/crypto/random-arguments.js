// What random numbers refuse; of the numbers themselves only what is sure.
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
  'c.randomBytes()',
  "c.randomBytes('1')",
  'c.randomBytes(-1)',
  'c.randomBytes(1.5).length',
  'c.randomBytes(NaN)',
  'c.randomBytes(2**31)',
  'c.randomBytes(1,5)',
  'c.randomBytes(1,null)',
  'c.randomBytes(2**31-1+0.5)',
  'c.randomFillSync()',
  'c.randomFillSync(5)',
  'c.randomFillSync([])',
  'c.randomFillSync(Buffer.alloc(4),5)',
  'c.randomFillSync(Buffer.alloc(4),-1)',
  "c.randomFillSync(Buffer.alloc(4),'a')",
  'c.randomFillSync(Buffer.alloc(4),1,5)',
  "c.randomFillSync(Buffer.alloc(4),1,'a')",
  'c.randomFillSync(Buffer.alloc(4),NaN)',
  'c.randomFillSync(new Uint32Array(4),5)',
  'c.randomFillSync(Buffer.alloc(4),1.5).length',
  'c.randomFill(Buffer.alloc(4))',
  "c.randomFill(Buffer.alloc(4),'a',()=>{})",
  'c.randomFill(Buffer.alloc(4),1,9,()=>{})',
  'c.randomFill(5,()=>{})',
  'c.randomFill(Buffer.alloc(4),undefined,2,()=>{})',
  'c.randomFill(Buffer.alloc(4),0,undefined,()=>{})',
  'c.randomInt()',
  'c.randomInt(0)',
  'c.randomInt(1)',
  'c.randomInt(-1)',
  "c.randomInt('a')",
  "c.randomInt(1,'a')",
  'c.randomInt(5,5)',
  'c.randomInt(5,3)',
  'c.randomInt(0,2**48)',
  'c.randomInt(1.5)',
  'c.randomInt(1,2,5)',
  'c.randomInt(2**53)',
  'c.randomInt(-1,0)',
  'c.randomUUID().length',
  'c.randomUUID(5)',
  'c.randomUUID({disableEntropyCache:5})',
  'c.randomUUID(null)',
  "c.timingSafeEqual('a','b')",
  "c.timingSafeEqual(Buffer.alloc(1),'b')",
  'c.timingSafeEqual(Buffer.alloc(1),Buffer.alloc(2))',
  'c.timingSafeEqual(new Uint16Array(1),Buffer.alloc(2))',
  'c.getRandomValues(5)',
  'c.getRandomValues(new Float32Array(2))',
  'c.getRandomValues(new Uint8Array(65537))',
  'c.webcrypto.getRandomValues(new Uint8Array(65537))',
  'c.webcrypto.getRandomValues(new Uint8Array(6)).length',
  '(0,c.webcrypto.getRandomValues)(new Uint8Array(6)).length',
  'c.getRandomValues(new DataView(new ArrayBuffer(3)))',
]) console.log(code, '=>', outcome(code));
