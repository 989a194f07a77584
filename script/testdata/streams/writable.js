//// write above the mark that finishes at once
const w = new Writable({ highWaterMark: 4, write(c, e, cb) { cb(); } });
w.on('drain', () => log('drain'));
log(w.write('12345678'), w.writableNeedDrain, w.writableLength);
//// write above the mark while corked
const w = new Writable({ highWaterMark: 4, write(c, e, cb) { cb(); } });
w.on('drain', () => log('drain'));
w.cork();
log(w.write('12345678'), w.writableNeedDrain);
w.uncork();
log(w.writableNeedDrain, w._writableState.pendingcb);
//// drain comes before the callback
const w = new Writable({ highWaterMark: 4, write(c, e, cb) { setImmediate(cb); } });
w.on('drain', () => log('drain'));
log(w.write('1234', () => log('cb')), w.writableNeedDrain, w.write('5'), w.writableLength);
//// mark of zero
const w = new Writable({ highWaterMark: 0, write(c, e, cb) { setImmediate(cb); } });
w.on('drain', () => log('drain'));
log(w.write('1'), w.write(''), w.writableHighWaterMark);
//// callbacks of writes that finish at once
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(w, 'w');
w.write('a', () => log('a'));
w.write('b', () => log('b'));
w.write('c');
process.nextTick(() => log('tick'));
w.end(() => log('end'));
log('pending', w._writableState.pendingcb);
//// same callback many times
const w = new Writable({ write(c, e, cb) { cb(); } });
const cb = () => log('cb');
w.write('a', cb);
w.write('b', cb);
process.nextTick(() => log('tick'));
w.write('c', cb);
//// nobody waits for the callback
const w = new Writable({ write(c, e, cb) { cb(); } });
w.write('a');
w.write('b');
log(w._writableState.pendingcb, w._writableState.afterWriteTickInfo);
//// error at once
const w = new Writable({ write(c, e, cb) { cb(new Error('x')); } });
watch(w, 'w');
log(w.write('a', (e) => log('cb', e.message)), w.errored.message, w.destroyed);
log(w.write('b', (e) => log('cb2', e.message)));
//// error later, with more waiting
const w = new Writable({ write(c, e, cb) { setImmediate(cb, new Error('x')); } });
watch(w, 'w');
w.write('a', (e) => log('cb', e.message));
w.write('b', (e) => log('cb2', e.message));
w.end((e) => log('end', e && e.message));
//// destroy with one chunk being written and one waiting
const w = new Writable({ write(c, e, cb) { setImmediate(cb); } });
watch(w, 'w');
w.write('a', (e) => log('cb', e));
w.write('b', (e) => log('cb2', e.code));
w.end((e) => log('end', e.code));
w.destroy();
w.write('c', (e) => log('c', e.code));
w.end((e) => log('end2', e.code));
w.end('x', (e) => log('end3', e.code));
//// write after end
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(w, 'w');
w.end('x', (e) => log('end', e.code));
log(w.write('a', (e) => log('write', e.code)));
w.end((e) => log('end2', e.code));
w.end('q', (e) => log('end3', e.code));
w.on('close', () => w.end((e) => log('end4', e.code)));
//// end twice
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(w, 'w');
w.end((e) => log('end', e));
w.end((e) => log('end2', e && e.code));
w.on('finish', () => w.end((e) => log('end3', e.code)));
w.on('close', () => w.end((e) => log('end4', e.code)));
//// end after finish with autoDestroy false
const w = new Writable({ autoDestroy: false, write(c, e, cb) { cb(); } });
watch(w, 'w');
w.end();
w.on('finish', () => setImmediate(() => {
  w.end((e) => log('end', e.code));
  w.end('chunk', (e) => log('end chunk', e.code));
}));
//// callback twice
const w = new Writable({ write(c, e, cb) { cb(); cb(); } });
watch(w, 'w');
w.write('x', () => log('cb'));
//// callback twice, later
const w = new Writable({ write(c, e, cb) { setImmediate(() => { cb(); cb(); }); } });
watch(w, 'w');
w.write('x', () => log('cb'));
//// final fails
const w = new Writable({ write(c, e, cb) { cb(); }, final(cb) { log('final'); cb(new Error('f')); } });
watch(w, 'w');
w.end((e) => log('end', e.message));
//// final fails later
const w = new Writable({ write(c, e, cb) { cb(); }, final(cb) { log('final'); setImmediate(cb, new Error('f')); } });
watch(w, 'w');
w.end((e) => log('end', e.message));
//// final throws
const w = new Writable({ write(c, e, cb) { cb(); }, final() { throw new Error('thrown'); } });
watch(w, 'w');
w.end((e) => log('end', e && e.message));
//// final at once
const w = new Writable({ write(c, e, cb) { cb(); }, final(cb) { log('final'); cb(); } });
watch(w, 'w');
w.end((e) => log('end', e));
log('ended');
process.nextTick(() => log('tick'));
//// final later, with chunks
const w = new Writable({ write(c, e, cb) { log('write', c); setImmediate(cb); }, final(cb) { log('final'); setImmediate(cb); } });
watch(w, 'w');
w.write('a', () => log('a'));
w.write('b', () => log('b'));
w.end('c', () => log('end'));
//// final calls back twice
const w = new Writable({ write(c, e, cb) { cb(); }, final(cb) { cb(); cb(); } });
watch(w, 'w');
w.end();
//// no final
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(w, 'w');
w.end();
log('ended', w.writableEnded, w.writableFinished, w.writable);
process.nextTick(() => log('tick'));
//// construct later
const w = new Writable({
  construct(cb) { log('construct'); setImmediate(cb); },
  write(c, e, cb) { log('write', c); cb(); },
  final(cb) { log('final'); cb(); },
});
watch(w, 'w');
log(w._writableState.constructed);
w.write('a', () => log('cb'));
w.end('b');
//// construct at once
const w = new Writable({ construct(cb) { log('construct'); cb(); process.nextTick(() => log('tick')); }, write(c, e, cb) { log('write', c); cb(); } });
watch(w, 'w');
w.end('b', () => log('end'));
//// construct fails
const w = new Writable({ construct(cb) { cb(new Error('con')); }, destroy(e, cb) { log('destroy', e && e.message); cb(e); } });
watch(w, 'w');
w.write('a', (e) => log('cb', e.message));
//// construct throws
const w = new Writable({ construct() { throw new Error('con'); } });
watch(w, 'w');
//// construct calls back twice
const w = new Writable({ construct(cb) { cb(); cb(); } });
watch(w, 'w');
//// destroy before constructed
const w = new Writable({ construct(cb) { setImmediate(cb); }, destroy(e, cb) { log('destroy', e && e.message); cb(e); } });
watch(w, 'w');
w.destroy(null, () => log('cb'));
//// destroy with an error before constructed, which fails too
const w = new Writable({ construct(cb) { setImmediate(cb, new Error('con')); }, destroy(e, cb) { log('destroy', e.constructor.name, e.message); cb(e); } });
watch(w, 'w');
w.destroy(new Error('d'), (e) => log('cb', e.message));
//// _destroy with an error of its own
const w = new Writable({ destroy(e, cb) { cb(new Error('d2')); } });
watch(w, 'w');
w.destroy(new Error('d1'), (e) => log('cb', e.message));
log(w.errored.message);
//// _destroy throws
const w = new Writable({ destroy() { throw new Error('thrown'); } });
watch(w, 'w');
w.destroy();
//// _destroy later
const w = new Writable({ destroy(e, cb) { setImmediate(cb, e); } });
watch(w, 'w');
w.destroy(new Error('x'));
log(w.closed, w.destroyed);
w.destroy(new Error('y'), () => log('second cb'));
//// autoDestroy false, error
const w = new Writable({ autoDestroy: false, write(c, e, cb) { cb(new Error('x')); } });
watch(w, 'w');
w.write('a', () => log('cb'));
w.end((e) => log('end', e.message));
setImmediate(() => log(props(w)));
//// autoDestroy false, finish
const w = new Writable({ autoDestroy: false, write(c, e, cb) { cb(); } });
watch(w, 'w');
w.end('a');
setImmediate(() => log(props(w)));
//// emitClose false
const w = new Writable({ emitClose: false, write(c, e, cb) { cb(); } });
watch(w, 'w');
w.end();
setImmediate(() => log(w.closed, w.destroyed));
//// writev
const w = new Writable({ highWaterMark: 3, writev(cs, cb) { log('writev', cs.map((c) => c.chunk + ':' + c.encoding).join(), cs.allBuffers); setImmediate(cb); } });
watch(w, 'w');
w.write('a', () => log('a'));
w.write('b', () => log('b'));
w.write('c', () => log('c'));
w.end(() => log('end'));
//// write and writev
const w = new Writable({
  write(c, e, cb) { log('write', c); setImmediate(cb); },
  writev(cs, cb) { log('writev', cs.length); setImmediate(cb); },
});
watch(w, 'w');
w.write('a');
w.write('b', () => log('b'));
w.write('c', () => log('c'));
setImmediate(() => w.write('d', () => log('d')));
//// writev fails
const w = new Writable({ writev(cs, cb) { setImmediate(cb, new Error('v')); } });
watch(w, 'w');
w.cork();
w.write('a', (e) => log('a', e.message));
w.write('b', (e) => log('b', e.message));
w.uncork();
//// cork twice, decodeStrings false
const w = new Writable({ decodeStrings: false, defaultEncoding: 'latin1', writev(cs, cb) { log('writev', cs.map((c) => c.chunk + ':' + c.encoding).join(), cs.allBuffers); cb(); } });
w.cork();
w.cork();
w.write('a');
w.write('b', 'hex');
w.uncork();
log(w.writableCorked, w._writableState.bufferedRequestCount, w._writableState.getBuffer().length);
w.write(Buffer.from('c'));
w.uncork();
//// end uncorks
const w = new Writable({ write(c, e, cb) { log('write', c); cb(); } });
watch(w, 'w');
w.cork();
w.cork();
w.write('a');
w.end('b', () => log('end'));
log(w.writableCorked);
//// corked writes that fail on destroy
const w = new Writable({ write(c, e, cb) { cb(); } });
watch(w, 'w');
w.cork();
w.write('a', (e) => log('a', e.code));
w.write('b', (e) => log('b', e.message));
w.destroy(new Error('gone'));
//// _write throws
const w = new Writable({ write() { throw new Error('sync'); } });
attempt(() => w.write('a'));
log(w.destroyed, w._writableState.writing);
//// options of the encoding
const w = new Writable({ write(c, e, cb) { log(c, e); cb(); }, decodeStrings: false });
w.write('a');
w.setDefaultEncoding('LATIN1');
w.write('b');
w.write('c', 'utf8');
w.write('d', () => log('cb'));
attempt(() => w.setDefaultEncoding('nope'));
attempt(() => w.setDefaultEncoding(5));
attempt(() => w.write('a', 'nope'));
//// bad chunks
const w = new Writable({ write(c, e, cb) { cb(); } });
for (const chunk of [null, undefined, 5, true, {}, [], Symbol.iterator]) attempt(() => w.write(chunk));
attempt(() => w.end(5));
log(w.writableEnded);
//// bad chunks in object mode
const w = new Writable({ objectMode: true, write(c, e, cb) { log('write', typeof c, e); cb(); } });
for (const chunk of [undefined, 5, true, {}, 'text', '']) w.write(chunk);
attempt(() => w.write(null));
log(w.writableObjectMode, w.writableHighWaterMark);
//// typed arrays
const w = new Writable({ write(c, e, cb) { log(Buffer.isBuffer(c), c.length, e); cb(); } });
w.write(new Uint8Array([1, 2, 3]));
w.write(new Uint16Array([1, 2]));
w.write(new DataView(new ArrayBuffer(5)));
//// marks that are none
for (const highWaterMark of [-1, 'abc', 1.5, NaN, '5', null, true]) attempt(() => new Writable({ highWaterMark }));
attempt(() => new Duplex({ readableHighWaterMark: -1 }));
attempt(() => new Duplex({ writableHighWaterMark: 'a' }));
const d = new Duplex({ readableHighWaterMark: 5, highWaterMark: 3 });
log(d.readableHighWaterMark, d.writableHighWaterMark);
const f = new Duplex({ readableHighWaterMark: 5, writableObjectMode: true });
log(f.readableHighWaterMark, f.writableHighWaterMark, f.readableObjectMode, f.writableObjectMode);
//// without new
const w = Writable({ write(c, e, cb) { cb(); } });
log(w instanceof Writable, w instanceof Stream, w instanceof Readable, w instanceof Duplex);
log(new Duplex() instanceof Writable, Object.create(Duplex.prototype) instanceof Writable, null instanceof Writable);
log({ _writableState: {} } instanceof Writable);
//// properties while it lives
const w = new Writable({ write(c, e, cb) { setImmediate(cb); } });
log(props(w));
w.write('abc');
log(props(w));
w.end();
log(props(w));
w.on('finish', () => log(props(w)));
w.on('close', () => log(props(w)));
//// properties after an error
const w = new Writable({ write(c, e, cb) { cb(); } });
w.on('error', () => log(props(w)));
w.destroy(new Error('b'));
log(props(w));
w.on('close', () => log(props(w)));
//// writable can be set
const w = new Writable();
w.writable = false;
log(props(w));
w.writable = true;
log(w.writable, w._writableState.writable);
w.destroyed = true;
log(w.destroyed, w._writableState.destroyed);
//// pipe from a Writable
const w = new Writable();
watch(w, 'w');
log(w.pipe(new Writable()));
//// unimplemented
attempt(() => new Writable().write('a'));
attempt(() => new Transform().write('a'));
//// no listener of error
const w = new Writable({ write(c, e, cb) { cb(new Error('nobody')); } });
w.on('close', () => log('close'));
w.write('a', () => log('cb'));
//// function style
function Mine(options) {
  Writable.call(this, options);
}
Object.setPrototypeOf(Mine.prototype, Writable.prototype);
Mine.prototype._write = function (chunk, encoding, callback) { log('mine', chunk); callback(); };
Mine.prototype._final = function (callback) { log('final'); callback(); };
const w = new Mine();
watch(w, 'w');
w.end('x');
//// write in drain
let n = 0;
const w = new Writable({ highWaterMark: 2, write(c, e, cb) { setImmediate(cb); } });
w.on('drain', () => {
  log('drain', n);
  if (n++ < 3) log(w.write('xx'), w.write('y'));
});
log(w.write('ab'));
//// many chunks wait
let got = '';
const w = new Writable({ write(c, e, cb) { got += c; if (got.length % 7) cb(); else setImmediate(cb); } });
for (let i = 0; i < 150; i++) w.write(String(i % 10));
w.end(() => log(got.length, got.slice(0, 20), got.slice(-20), w._writableState.bufferedRequestCount));
//// undestroy
const w = new Writable({ write(c, e, cb) { log('write', c); cb(); } });
watch(w, 'w');
w.end('a');
w.once('close', () => {
  w._undestroy();
  log(props(w));
  w.end('b');
});
//// captureRejections
const w = new Writable({ captureRejections: true, write(c, e, cb) { cb(); } });
watch(w, 'w');
w.on('finish', async () => { throw new Error('async'); });
w.end();
