//// allowHalfOpen false
const d = new Duplex({ allowHalfOpen: false, read() {}, write(c, e, cb) { cb(); } });
watch(d, 'd');
d.push(null);
d.resume();
//// allowHalfOpen true
const d = new Duplex({ read() {}, write(c, e, cb) { cb(); } });
watch(d, 'd');
d.push(null);
d.resume();
setImmediate(() => {
  log('half', d.destroyed, d.allowHalfOpen);
  d.end();
});
//// end before it has been read
const d = new Duplex({ read() {}, write(c, e, cb) { cb(); } });
watch(d, 'd');
d.end('x');
setImmediate(() => {
  log('half', props(d));
  d.push('y');
  d.push(null);
  d.on('data', (c) => log('data', c));
});
//// readable false
const d = new Duplex({ readable: false, read() {}, write(c, e, cb) { cb(); } });
watch(d, 'd');
log(props(d), d.writableAborted);
d.end('x');
//// writable false
const d = new Duplex({ writable: false, read() {} });
watch(d, 'd');
log(props(d));
d.on('data', (c) => log('data', c));
d.push('x');
d.push(null);
//// destroyed can be set
const d = new Duplex({ read() {}, write() {} });
d.destroyed = true;
log(d.destroyed, d._readableState.destroyed, d._writableState.destroyed);
//// error of the writable side
const d = new Duplex({ read() {}, write(c, e, cb) { setImmediate(cb, new Error('w')); } });
watch(d, 'd');
d.write('a', (e) => log('cb', e.message));
d.on('data', (c) => log('data', c));
d.push('x');
setImmediate(() => log(d._readableState.errored.message, d._writableState.errored.message));
//// one construct for both sides
const d = new Duplex({
  construct(cb) { log('construct'); setImmediate(cb); },
  read() { log('_read'); this.push(null); },
  write(c, e, cb) { log('_write', c); cb(); },
});
watch(d, 'd');
d.resume();
d.end('x');
//// object mode of one side
const d = new Duplex({ readableObjectMode: true, read() {}, write(c, e, cb) { log(c); cb(); } });
d.push({ a: 1 });
d.write('bytes');
attempt(() => d.write({}));
log(d.read(), d.readableObjectMode, d.writableObjectMode, d.readableHighWaterMark, d.writableHighWaterMark);
//// function style
function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  Duplex.call(this, { ...options, autoDestroy: true, emitClose: false });
  this.allowHalfOpen = false;
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);
Socket.prototype._read = function () { log('_read'); };
Socket.prototype._write = function (c, e, cb) { log('_write', c); cb(); };
Socket.prototype._final = function (cb) { log('_final'); setImmediate(cb); };
Socket.prototype._destroy = function (e, cb) { log('_destroy'); cb(e); process.nextTick(() => this.emit('close')); };
const s = Socket();
watch(s, 's');
log(s instanceof Writable, s instanceof Readable, Socket.prototype instanceof Writable);
s.on('data', (c) => log('data', c));
s.write('a', () => log('cb'));
s.push('in');
s.push(null);
s.read(0);
//// Transform
const t = new Transform({ transform(c, e, cb) { cb(null, c); }, flush(cb) { log('flush'); cb(null, 'tail'); } });
watch(t, 't');
t.on('data', (c) => log('data', c));
t.end('q', () => log('end cb'));
//// Transform with final and flush
const t = new Transform({ transform(c, e, cb) { cb(null, c); }, final(cb) { log('final'); cb(); }, flush(cb) { log('flush'); cb(); } });
watch(t, 't');
t.resume();
t.end('q');
//// Transform that fails
const t = new Transform({ transform(c, e, cb) { cb(new Error('bad')); }, flush(cb) { log('flush'); cb(); } });
watch(t, 't');
t.resume();
t.end('q', (e) => log('cb', e.message));
//// Transform whose flush fails
const t = new Transform({ transform(c, e, cb) { cb(); }, flush(cb) { cb(new Error('fl')); } });
watch(t, 't');
t.resume();
t.end('q', (e) => log('cb', e && e.message));
//// Transform that calls back twice
const t = new Transform({ transform(c, e, cb) { cb(); cb(); } });
watch(t, 't');
t.write('a');
//// Transform of objects, null
const t = new Transform({ objectMode: true, transform(c, e, cb) { cb(null, null); } });
watch(t, 't');
t.on('data', (c) => log('data', c));
t.write(1);
t.write(2);
t.end();
//// Transform holds back
const t = new Transform({ highWaterMark: 2, transform(c, e, cb) { log('transform', c); cb(null, c); } });
log(t.write('ab'), t.write('cd'), t.write('e'), t.writableLength, t.readableLength);
setImmediate(() => {
  log(t.read(1));
  setImmediate(() => {
    log(t.readableLength, t.writableLength, t.read(), t.readableLength);
    setImmediate(() => log(t.readableLength, t.writableLength, t.read()));
  });
});
//// marks of a Transform
for (const o of [{ highWaterMark: 0 }, { readableHighWaterMark: 0 }, { writableHighWaterMark: 0 }, { highWaterMark: 0, writableHighWaterMark: 5 }, {}]) {
  const t = new Transform(o);
  log(t.readableHighWaterMark, t.writableHighWaterMark);
}
//// Transform destroyed in transform
const t = new Transform({ transform(c, e, cb) { this.destroy(); cb(null, c); } });
watch(t, 't');
t.write('a', (e) => log('cb', e));
t.write('b', (e) => log('cb', e && e.code));
//// PassThrough
const t = new PassThrough();
watch(t, 't');
t.on('readable', () => log('readable', t.read()));
t.end('abc');
//// PassThrough in two modes
const t = new PassThrough({ encoding: 'utf8' });
t.on('data', (c) => log(typeof c, c));
t.write('a');
t.end(Buffer.from('b'));
const o = PassThrough({ objectMode: true });
o.on('data', (c) => log(typeof c, c));
o.write({ a: 1 });
o.end(5);
//// pipe
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { log('write', c); setImmediate(cb); } });
watch(r, 'r');
watch(w, 'w');
log(r.pipe(w) === w, r._readableState.pipes.length, r.readableFlowing);
r.push('a');
r.push('b');
r.push(null);
//// pipe with a full destination
const r = new Readable({ read() {} });
const w = new Writable({ highWaterMark: 1, write(c, e, cb) { log('write', c); setImmediate(cb); } });
watch(r, 'r');
watch(w, 'w');
r.pipe(w);
r.push('ab');
r.push('cd');
setImmediate(() => log(r._readableState.awaitDrainWriters === w, r.readableFlowing));
r.push(null);
//// pipe with a destination that was full before
const w = new Writable({ highWaterMark: 1, write(c, e, cb) { log('write', c); setImmediate(cb); } });
const r = new Readable({ read() {} });
watch(r, 'r');
w.write('xx');
r.pipe(w);
log(r.isPaused(), r.readableFlowing);
r.push('ab');
r.push(null);
//// pipe without end
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { log('write', c); cb(); } });
watch(r, 'r');
watch(w, 'w');
r.pipe(w, { end: false });
r.push('a');
r.push(null);
setImmediate(() => log(w.writable));
//// pipe to two
const r = new Readable({ read() {} });
const slow = new Writable({ highWaterMark: 1, write(c, e, cb) { log('slow', c); setImmediate(() => setImmediate(cb)); } });
const fast = new Writable({ write(c, e, cb) { log('fast', c); cb(); } });
watch(r, 'r');
r.pipe(slow);
r.pipe(fast);
log(r._readableState.pipes.length, r._readableState.multiAwaitDrain);
r.push('a');
r.push('b');
setImmediate(() => log(r._readableState.awaitDrainWriters.size));
r.push(null);
slow.on('finish', () => log('slow finish'));
fast.on('finish', () => log('fast finish'));
//// unpipe
const r = new Readable({ read() {} });
const a = new PassThrough();
const b = new PassThrough();
watch(r, 'r');
watch(a, 'a');
watch(b, 'b');
r.pipe(a);
r.pipe(b);
r.unpipe(a);
log(r._readableState.pipes.length, r.readableFlowing);
r.unpipe(a);
r.unpipe();
log(r._readableState.pipes.length, r.readableFlowing, r.listenerCount('data'), r.listenerCount('end'), b.listenerCount('unpipe'));
r.push('x');
setImmediate(() => log(r.readableLength));
//// unpipe the one everybody waits for
const r = new Readable({ read() {} });
const stuck = new Writable({ highWaterMark: 1, write() {} });
const fast = new Writable({ write(c, e, cb) { log('fast', c); cb(); } });
watch(r, 'r');
r.pipe(stuck);
r.pipe(fast);
r.push('a');
r.push('b');
setImmediate(() => setImmediate(() => {
  log(r.readableFlowing);
  r.unpipe(stuck);
}));
//// error of the destination
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(new Error('w')); } });
watch(r, 'r');
watch(w, 'w');
r.pipe(w);
r.push('a');
r.push('b');
//// error of the destination that nobody listens to
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(new Error('w')); } });
watch(r, 'r');
r.pipe(w);
r.push('a');
//// destination closes
const r = new Readable({ read() {} });
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(r, 'r');
watch(w, 'w');
r.pipe(w);
w.destroy();
setImmediate(() => {
  r.push('a');
  log(r.readableLength, r._readableState.pipes.length);
});
//// pipe after the end
const r = new Readable({ read() {} });
r.push(null);
r.resume();
r.on('end', () => {
  const w = new Writable({ write(c, e, cb) { cb(); } });
  watch(w, 'w');
  r.pipe(w);
});
//// pipe from a Duplex to itself
const d = new PassThrough();
d.pipe(d);
let n = 0;
d.on('data', (c) => {
  log('data', c);
  if (++n === 3) d.unpipe();
});
d.write('x');
//// old streams
const s = new Stream();
s.readable = true;
s.pause = () => log('pause');
s.resume = () => log('resume');
const w = new Writable({ highWaterMark: 2, write(c, e, cb) { log('write', c); setImmediate(cb); } });
watch(w, 'w');
log(s.pipe(w) === w);
s.emit('data', 'a');
s.emit('data', 'bc');
s.emit('end');
log(s.listenerCount('data'), s.listenerCount('end'));
//// old stream with an error
const s = new Stream();
const w = new Writable({ write(c, e, cb) { cb(); } });
s.pipe(w);
try {
  s.emit('error', new Error('nobody'));
} catch (error) {
  log('threw', error.message);
}
//// destroy of both ends of a pipe
const r = new Readable({ read() {} });
const w = new PassThrough();
watch(r, 'r');
watch(w, 'w');
r.pipe(w);
r.destroy(new Error('r'));
setImmediate(() => log(w.destroyed, w.writableEnded));
//// duplexPair
const [a, b] = require('stream').duplexPair();
watch(a, 'a');
watch(b, 'b');
a.on('data', (c) => log('a got', c));
b.on('data', (c) => log('b got', c));
a.write('hello');
b.end('bye');
setImmediate(() => a.end());
