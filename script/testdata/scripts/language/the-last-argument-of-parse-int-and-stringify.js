// The radix is a number of 32 bits, for which infinity is 0; an indentation may be an
// object of a string or a number.
console.log(parseInt('12', Infinity), parseInt('12', -Infinity), parseInt('12', NaN), parseInt('12', 4294967299), parseInt('12', '3'));
try {
  console.log(parseInt('12', 10n));
} catch (error) {
  console.log(error.name, error.message);
}
for (const indent of [new String('ab'), new String('\t'), new Number(2), new Number(NaN)]) {
  console.log(JSON.stringify({ a: {}, b: [1, { c: [] }] }, null, indent));
}
