// A class that extends RegExp keeps an exec of its own, with each flag.
class Counting extends RegExp {
  calls = 0;

  exec(text) {
    this.calls++;
    return super.exec(text);
  }
}

for (const [pattern, flags] of [['(?<letter>é)', 'u'], ['a*', 'g'], ['a', 'y'], ['(?=b)', 'gu'], ['b', '']]) {
  const regexp = new Counting(pattern, flags);
  console.log(pattern, flags, regexp.exec('éab')?.index, regexp.calls, 'abéb'.replace(regexp, '-'), regexp.calls > 1);
}
