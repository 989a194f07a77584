// Primes, and what else is asked of crypto.
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
  'c.checkPrimeSync(7n)',
  'c.checkPrimeSync(Buffer.from([9]))',
  'c.checkPrimeSync(5)',
  'c.checkPrimeSync(-5n)',
  'c.checkPrimeSync(7n,{checks:-1})',
  'c.generatePrimeSync(32,{bigint:true})>5n',
  'c.generatePrimeSync(32).byteLength',
  'c.generatePrimeSync(-1)',
  'c.generatePrimeSync(32,{add:5})',
  'c.generatePrimeSync(32,{safe:5})',
  'c.generatePrimeSync(16,{add:12n,rem:11n,bigint:true})%12n',
  'c.getFips()',
  'c.secureHeapUsed()',
  "c.setEngine('x')",
]) console.log(code, '=>', outcome(code));
