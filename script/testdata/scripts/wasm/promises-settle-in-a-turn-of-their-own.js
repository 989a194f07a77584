// A promise of WebAssembly settles after the promises that have been settled, and before what
// setImmediate was given, even if all is known at once.
const { assemble } = require('../assemble.js');

const W = WebAssembly;
const bytes = assemble({});
const started = assemble({ types: [[[], []]], imports: [['env', 'f', 'function', 0]], start: 0 });
const [empty, starting] = [new W.Module(bytes), new W.Module(started)];
function ticks(name) {
  let p = Promise.resolve();
  for (let i = 1; i <= 20; i++) p = p.then(() => i < 20 || console.log(name, i));
}
async function watch(name, make, quick = true) {
  let immediately;
  const after = new Promise((resolve) => { immediately = resolve; });
  if (quick) setImmediate(() => immediately(console.log(name, 'immediate')));
  else immediately();
  ticks(name);
  const p = make();
  const settled = p.then(() => console.log(name, 'resolved'), (error) => console.log(name, 'rejected', error.name));
  process.nextTick(() => console.log(name, p));
  await settled;
  await after;
}
function steps(n) {
  if (n > 0) queueMicrotask(() => { console.log('step'); steps(n - 1); });
}
setTimeout(async () => {
  await watch('module', () => W.instantiate(empty));
  await watch('no imports', () => W.instantiate(starting));
  await watch('wrong imports', () => W.instantiate(starting, { env: {} }));
  await watch('a start', () => W.instantiate(starting, { env: { f() { console.log('starts'); } } }));
  await watch('a start that throws', () => W.instantiate(starting, { env: { f() { throw new RangeError(); } } }));
  await watch('imports that throw', () => W.instantiate(starting, { get env() { throw new RangeError(); } }));
  await watch('no bytes', () => W.instantiate(5));
  await watch('no object', () => W.instantiate(empty, 5));
  await watch('bytes and no object', () => W.instantiate(bytes, 5));
  await watch('compile no bytes', () => W.compile(5));
  await watch('a stream', () => W.compileStreaming(5));
  await watch('a rejected stream', () => W.instantiateStreaming(Promise.reject(new RangeError())));
  await watch('compile', () => W.compile(bytes), false);
  await watch('compile wrong bytes', () => W.compile(new Uint8Array(8)), false);
  await watch('instantiate', () => W.instantiate(started, { get env() {
    console.log('imports are read');
    steps(4);
    return { f() { console.log('starts'); } };
  } }), false);
  await watch('instantiate throws', () => W.instantiate(started, { get env() { steps(4); throw new RangeError(); } }), false);

  // A module that has a then is asked for it by compile alone.
  const then = (what) => function (resolve) {
    console.log(what, 'then');
    delete W[what].prototype.then;
    resolve('other');
  };
  W.Module.prototype.then = then('Module');
  console.log(await W.compile(bytes));
  W.Module.prototype.then = then('Module');
  console.log(await W.instantiate(bytes));
  delete W.Module.prototype.then;
  W.Instance.prototype.then = then('Instance');
  console.log(await W.instantiate(empty));
  W.Instance.prototype.then = then('Instance');
  console.log(await W.instantiate(bytes));
}, 5);
