//// finished of a Readable
const r = new Readable({ read() {} });
watch(r, 'r');
finished(r, (e) => log('finished', e));
r.push('a');
r.push(null);
r.resume();
//// finished of a Writable
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(w, 'w');
finished(w, (e) => log('finished', e));
w.end('x');
//// finished of a Duplex, and of its sides
const d = new Duplex({ read() {}, write(c, e, cb) { cb(); } });
watch(d, 'd');
finished(d, (e) => log('both', e));
finished(d, { readable: false }, (e) => log('writable', e));
finished(d, { writable: false }, (e) => log('readable', e));
d.end();
setImmediate(() => {
  d.push(null);
  d.resume();
});
//// finished with an error
const r = new Readable({ read() {} });
finished(r, (e) => log('finished', e));
r.destroy(new Error('x'));
watch(r, 'r');
//// finished and premature close
const r = new Readable({ read() {} });
finished(r, (e) => log('finished', e));
r.destroy();
const w = new Writable({ write() {} });
finished(w, (e) => log('finished', e));
w.write('x');
w.destroy();
//// finished afterwards
const r = new Readable({ read() {} });
r.push(null);
r.resume();
r.on('close', () => {
  finished(r, (e) => log('finished', e));
  process.nextTick(() => log('tick'));
});
const w = new Writable({ write() {} });
w.on('error', () => {});
w.destroy(new Error('w'));
w.on('close', () => finished(w, (e) => log('finished w', e)));
//// finished cleaned up
const r = new Readable({ read() {} });
const before = r.listenerCount('end');
const cleanup = finished(r, () => log('never'));
log(r.listenerCount('end') - before, r.listenerCount('error'), r.listenerCount('close'), r.listenerCount('finish'));
cleanup();
log(r.listenerCount('end') - before, r.listenerCount('error'), r.listenerCount('close'));
r.destroy();
//// finished without error
const r = new Readable({ read() {} });
r.on('error', (e) => log('error', e.message));
finished(r, { error: false }, (e) => log('finished', e));
r.destroy(new Error('x'));
//// finished with a signal
const ac = new AbortController();
const r = new Readable({ read() {} });
finished(r, { signal: ac.signal }, (e) => log('finished', e, e.cause && e.cause.name));
ac.abort();
log(r.destroyed);
finished(r, { signal: AbortSignal.abort() }, (e) => log('aborted before', e));
//// finished with wrong arguments
attempt(() => finished({}, () => {}));
attempt(() => finished(new PassThrough()));
attempt(() => finished(new PassThrough(), 5, () => {}));
attempt(() => finished(new PassThrough(), {}, 5));
attempt(() => finished(new PassThrough(), { signal: 5 }, () => {}));
//// finished of an old stream
const s = new Stream();
s.readable = true;
s.writable = false;
finished(s, { writable: false }, (e) => log('finished', e));
s.emit('end');
//// promises.finished
const { promises } = require('stream');
const r = new Readable({ read() {} });
promises.finished(r).then((v) => log('resolved', v), (e) => log('rejected', e));
r.push(null);
r.resume();
const q = new Readable({ read() {} });
promises.finished(q, { cleanup: true }).catch((e) => log('rejected', e, q.listenerCount('end')));
q.destroy(new Error('q'));
//// pipeline
const r = new Readable({ read() {} });
const t = new Transform({ transform(c, e, cb) { cb(null, String(c).toUpperCase()); } });
const w = new Writable({ write(c, e, cb) { log('write', c); setImmediate(cb); } });
for (const [s, n] of [[r, 'r'], [t, 't'], [w, 'w']]) watch(s, n);
log(pipeline(r, t, w, (...args) => log('done', ...args)) === w);
r.push('a');
r.push('b');
r.push(null);
//// pipeline whose source fails
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(r, 'r');
watch(w, 'w');
pipeline(r, w, (e) => log('done', e));
r.push('a');
setImmediate(() => r.destroy(new Error('source')));
//// pipeline whose middle fails
const r = new Readable({ read() {} });
const t = new Transform({ transform(c, e, cb) { cb(new Error('middle')); } });
const w = new Writable({ write(c, e, cb) { cb(); } });
for (const [s, n] of [[r, 'r'], [t, 't'], [w, 'w']]) watch(s, n);
pipeline(r, t, w, (e) => log('done', e));
r.push('a');
//// pipeline whose destination fails
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(new Error('dest')); } });
watch(r, 'r');
watch(w, 'w');
pipeline(r, w, (e) => log('done', e));
r.push('a');
//// pipeline whose destination closes early
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(r, 'r');
watch(w, 'w');
pipeline(r, w, (e) => log('done', e));
r.push('a');
setImmediate(() => w.destroy());
//// pipeline whose source closes early
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(r, 'r');
watch(w, 'w');
pipeline(r, w, (e) => log('done', e));
setImmediate(() => r.destroy());
//// pipeline to a Duplex
const r = Readable.from(['a', 'b']);
const d = new PassThrough({ objectMode: true });
pipeline(r, d, (e) => log('done', e, d.destroyed));
d.on('data', (c) => log('data', c));
d.on('end', () => log('end'));
d.on('close', () => log('close'));
//// pipeline of iterables and functions
pipeline(
  ['a', 'b', 'c'],
  (source) => Readable.from(source).map((x) => x + x),
  async (source) => {
    const all = await Readable.from(source).toArray();
    return all.join();
  },
  (e, v) => log('done', e, v),
);
//// pipeline of a function to a Writable
pipeline(
  () => ['x', 'y'],
  new Writable({ write(c, e, cb) { log('write', c); setImmediate(cb); }, highWaterMark: 1 }),
  (e) => log('done', e),
);
//// pipeline of a function that fails
pipeline(
  new PassThrough(),
  async () => { throw new Error('async'); },
  (e) => log('done', e),
);
//// pipeline with wrong arguments
attempt(() => pipeline());
attempt(() => pipeline(new PassThrough()));
attempt(() => pipeline(new PassThrough(), new PassThrough()));
attempt(() => pipeline(new PassThrough(), () => {}));
attempt(() => pipeline([], () => {}));
attempt(() => pipeline([new PassThrough()], () => {}));
attempt(() => pipeline(() => 5, new PassThrough(), () => {}));
attempt(() => pipeline(new PassThrough(), () => 5, new PassThrough(), () => {}));
attempt(() => pipeline(new PassThrough(), () => 5, () => {}));
attempt(() => pipeline(new PassThrough(), 5, () => {}));
//// pipeline of a list
const out = new PassThrough();
pipeline([Readable.from(['a']), out], (e) => log('done', e));
out.on('data', (c) => log('data', c));
//// promises.pipeline
const { promises } = require('stream');
promises.pipeline(Readable.from(['a', 'b']), new Writable({ objectMode: true, write(c, e, cb) { log('write', c); cb(); } }))
  .then((v) => log('resolved', v));
//// promises.pipeline with a signal
const { promises } = require('stream');
const ac = new AbortController();
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(); } });
promises.pipeline(r, w, { signal: ac.signal }).catch((e) => log('rejected', e, r.destroyed, w.destroyed));
setImmediate(() => ac.abort());
//// promises.pipeline without end
const { promises } = require('stream');
const w = new Writable({ objectMode: true, write(c, e, cb) { log('write', c); cb(); } });
promises.pipeline(Readable.from(['a', 'b']), w, { end: false }).then(() => log('resolved', w.writable, w.writableEnded));
//// async iteration
const r = new Readable({ read() {} });
watch(r, 'r');
(async () => {
  const it = r[Symbol.asyncIterator]();
  log(it[Symbol.asyncIterator]() === it, Object.prototype.toString.call(it));
  r.push('a');
  let x = await it.next();
  log(x.value, x.done);
  r.push('b');
  r.push(null);
  x = await it.next();
  log(x.value, x.done);
  x = await it.next();
  log(x.value, x.done);
  x = await it.next();
  log(x.value, x.done);
})();
//// async iteration left early
const r = Readable.from(['a', 'b', 'c']);
watch(r, 'r');
(async () => {
  const it = r[Symbol.asyncIterator]();
  log((await it.next()).value);
  const x = await it.return('mine');
  log(x.value, x.done, r.destroyed);
})();
//// async iteration that keeps the stream
const r = Readable.from(['a', 'b', 'c']);
(async () => {
  const it = r.iterator({ destroyOnReturn: false });
  log((await it.next()).value);
  await it.return();
  log(r.destroyed, r.readableLength);
  const it2 = r.iterator();
  log((await it2.next()).value);
  await it2.return();
  log(r.destroyed);
})();
attempt(() => r.iterator(5));
//// async iteration of a stream that fails
const r = new Readable({ read() {} });
watch(r, 'r');
(async () => {
  const it = r[Symbol.asyncIterator]();
  r.push('a');
  log((await it.next()).value);
  r.destroy(new Error('x'));
  await it.next().catch((e) => log('caught', e));
  const x = await it.next();
  log(x.value, x.done);
})();
//// async iteration of a destroyed stream
const r = new Readable({ read() {} });
r.destroy();
r[Symbol.asyncIterator]().next().then((x) => log(x.value, x.done), (e) => log('caught', e));
//// async iteration, closed halfway
const r = new Readable({ read() {} });
const it = r[Symbol.asyncIterator]();
it.next().then((x) => log(x.value, x.done), (e) => log('caught', e));
setImmediate(() => r.destroy());
//// async iteration, throw
const r = Readable.from(['a', 'b']);
watch(r, 'r');
(async () => {
  const it = r[Symbol.asyncIterator]();
  await it.next();
  await it.throw(new Error('thrown')).catch((e) => log('caught', e));
  log(r.destroyed, r.errored);
})();
//// many nexts at once
const r = Readable.from([1, 2, 3]);
const it = r[Symbol.asyncIterator]();
Promise.all([it.next(), it.next(), it.next(), it.next(), it.next()]).then((all) => log(all.map((x) => `${x.value}${x.done}`)));
//// Readable.from
const r = Readable.from(['a', 'b', 'c']);
watch(r, 'r');
log(r.readableObjectMode, r.readableHighWaterMark);
r.on('data', (c) => log('data', c));
//// Readable.from of text, Buffer, options
Readable.from('text').on('data', (c) => log('data', c));
Readable.from(Buffer.from('bytes')).on('data', (c) => log('data', c));
const r = Readable.from(['x'], { objectMode: false, encoding: 'utf8' });
r.on('data', (c) => log('data', c, r.readableObjectMode));
//// Readable.from of promises, and of null
Readable.from([Promise.resolve('p'), 'q']).on('data', (c) => log('data', c));
Readable.from([1, null, 2]).on('data', (c) => log('data', c)).on('error', (e) => log('error', e));
Readable.from([Promise.reject(new Error('rejected'))]).on('error', (e) => log('error', e)).resume();
//// Readable.from of a generator that is closed
function* numbers() {
  try {
    yield 1;
    yield 2;
  } finally {
    log('closed');
  }
}
const r = Readable.from(numbers());
r.on('data', (c) => {
  log('data', c);
  r.destroy();
});
r.on('close', () => log('close'));
//// Readable.from of nothing
attempt(() => Readable.from());
attempt(() => Readable.from(5));
attempt(() => Readable.from(null));
attempt(() => Readable.from({}));
//// map
Readable.from([1, 2, 3]).map((x) => x * 2).toArray().then((a) => log(a));
Readable.from([1, 2, 3]).map(async (x) => x * 2, { concurrency: 2 }).toArray().then((a) => log(a));
//// map that fails
Readable.from([1, 2, 3]).map((x) => { if (x === 2) throw new Error('two'); return x; }).toArray().catch((e) => log('caught', e));
//// filter, take, drop
(async () => {
  log(await Readable.from([1, 2, 3, 4]).filter((x) => x % 2).toArray());
  log(await Readable.from([1, 2, 3, 4]).take(2).toArray());
  log(await Readable.from([1, 2, 3, 4]).drop(2).toArray());
  log(await Readable.from([1, 2, 3, 4]).take(0).toArray());
  log(await Readable.from([1, 2, 3, 4]).drop(9).toArray());
  log(await Readable.from([1, 2]).flatMap((x) => [x, x]).toArray());
})();
//// some, every, find, reduce, forEach
(async () => {
  log(await Readable.from([1, 2, 3]).some((x) => x > 2), await Readable.from([1, 2, 3]).some((x) => x > 3));
  log(await Readable.from([1, 2, 3]).every((x) => x > 0), await Readable.from([1, 2, 3]).every((x) => x > 1));
  log(await Readable.from([1, 2, 3]).find((x) => x > 1), await Readable.from([1]).find((x) => x > 1));
  log(await Readable.from([1, 2, 3]).reduce((a, b) => a + b), await Readable.from([1, 2, 3]).reduce((a, b) => a + b, 10));
  await Readable.from([1, 2]).forEach((x) => log('each', x));
  await Readable.from([]).reduce((a, b) => a + b).catch((e) => log(e.name, e.code, e.message));
})();
//// wrong arguments of operators
const r = () => Readable.from([1]);
attempt(() => r().map(5));
attempt(() => r().map(() => {}, 5));
attempt(() => r().map(() => {}, { concurrency: 0 }));
attempt(() => r().map(() => {}, { signal: 5 }));
attempt(() => r().take(-1));
attempt(() => r().filter(5));
attempt(() => r().flatMap(5));
(async () => {
  for (const name of ['forEach', 'some', 'every', 'find', 'reduce', 'toArray']) await r()[name](5).catch((e) => log(name, e.message));
})();
//// operators with a signal
const ac = new AbortController();
new Readable({ read() {} }).toArray({ signal: AbortSignal.abort() }).catch((e) => log('toArray', e));
Readable.from([1, 2]).map((x) => x, { signal: AbortSignal.abort() }).toArray().catch((e) => log('map', e));
//// Duplex.from
Duplex.from(['a', 'b']).on('data', (c) => log('data', c)).on('end', () => log('end'));
const d = Duplex.from(Promise.resolve('p'));
d.on('data', (c) => log('data', c));
log(d.writable, d.readable);
const w = Duplex.from(new Writable({ write(c, e, cb) { log('write', c); cb(); } }));
log(w.writable, w.readable);
w.on('finish', () => log('finish'));
w.end('x');
//// Duplex.from of a pair
const r = new PassThrough();
const w = new PassThrough();
const d = Duplex.from({ readable: r, writable: w });
d.on('data', (c) => log('d', c));
w.on('data', (c) => log('w', c));
d.on('close', () => log('close'));
r.end('in');
d.end('out');
//// Duplex.from of a function
const d = Duplex.from(async (source) => { log((await Readable.from(source).toArray()).map(String)); });
d.on('finish', () => log('finish'));
d.write('a');
d.end('b');
//// Duplex.from of nonsense
attempt(() => Duplex.from(5));
attempt(() => Duplex.from(() => 5));
//// compose
const c = compose(
  new Transform({ transform(x, e, cb) { cb(null, `<${x}>`); } }),
  new Transform({ transform(x, e, cb) { cb(null, `[${x}]`); } }),
);
c.on('data', (x) => log('data', x));
c.on('end', () => log('end'));
c.on('finish', () => log('finish'));
c.on('close', () => log('close'));
c.write('a');
c.end('b');
attempt(() => compose());
//// async dispose
(async () => {
  const r = new Readable({ read() {} });
  r.on('error', (e) => log('error', e));
  log(await r[Symbol.asyncDispose]());
  log(r.destroyed, r.errored && r.errored.name);
  const w = new Writable({ write(c, e, cb) { cb(); } });
  w.on('error', (e) => log('error', e));
  await w[Symbol.asyncDispose]();
  log(w.destroyed);
})();
//// questions
const { isReadable, isWritable, isErrored, isDisturbed, isDestroyed } = require('stream');
const r = new Readable({ read() {} });
const w = new Writable({ write() {} });
log(isReadable(r), isReadable(w), isErrored(r), isDisturbed(r), isWritable(w), isWritable(r), isDestroyed(r));
log(isReadable({}), isErrored({}), isDisturbed({}), isReadable(null), isErrored(null));
r.on('error', () => {});
r.destroy(new Error('x'));
w.destroy();
log(isReadable(r), isErrored(r), isDisturbed(r), isWritable(w), isDestroyed(w));
setImmediate(() => log(isErrored(r)));
//// marks by default
const { getDefaultHighWaterMark, setDefaultHighWaterMark } = require('stream');
log(getDefaultHighWaterMark(false), getDefaultHighWaterMark(true));
setDefaultHighWaterMark(false, 5);
log(new Writable().writableHighWaterMark, new Readable().readableHighWaterMark);
setDefaultHighWaterMark(false, 16384);
attempt(() => setDefaultHighWaterMark(false, -1));
attempt(() => setDefaultHighWaterMark(false, 'a'));
attempt(() => setDefaultHighWaterMark(true, 1.5));
//// what the module has
const s = require('stream');
log(s === Stream, Stream.Stream === Stream, s.promises === require('stream/promises'));
log(Object.getPrototypeOf(Readable) === Stream, Object.getPrototypeOf(Duplex) === Readable, Object.getPrototypeOf(Stream) === require('events'));
log(Object.keys(s).join());
log(Object.keys(Duplex.prototype).sort().join());
log(Object.keys(Readable.prototype).sort().join(), Object.keys(Writable.prototype).sort().join());
