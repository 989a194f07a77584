// A loop that failed once does not fail again, however often a function comes back to it.
async function* bad() {
  yield 1;
  throw new Error('first');
}
async function* good() {
  yield 1;
  yield 2;
}
async function loops() {
  for (const source of [bad(), good(), bad(), good()]) {
    try {
      for await (const x of source) console.log(x);
      console.log('ok');
    } catch (error) {
      console.log(error.message);
    }
  }
}
async function* passes() {
  for (const source of [bad(), good()]) {
    try {
      for await (const x of source) yield x;
      yield 'ok';
    } catch (error) {
      yield error.message;
    }
  }
}
async function leaves() {
  for (let i = 0; i < 3; i++) {
    for await (const x of good()) {
      if (i === 1) break;
      console.log(i, x);
    }
  }
}
(async () => {
  await loops();
  for await (const x of passes()) console.log('passes', x);
  await leaves();
})();
