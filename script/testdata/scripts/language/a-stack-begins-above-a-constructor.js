// Error.captureStackTrace leaves out the function it is given, a constructor too.
const names = stack => stack.split('\n').slice(1, 4).map(line => line.trim().split(' (')[0].replace(/^at /, ''));

class Base extends Error {
  constructor(message) {
    super(message);
    Error.captureStackTrace(this, Base);
  }
}
class Derived extends Base {
  constructor(message) {
    super(message);
    Error.captureStackTrace(this, this.constructor);
  }
}
function Old(message) {
  Error.captureStackTrace(this, Old);
  this.message = message;
}
function first() { return new Base('x'); }
function second() { return new Derived('y'); }
function third() { return new Old('z'); }
for (const f of [first, second, third]) {
  console.log(names((function caller() { return f(); })().stack).slice(0, 2));
}
