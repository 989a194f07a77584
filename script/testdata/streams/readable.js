//// properties of a stream that is read to its end
const r = new Readable({ read() {} });
log(props(r));
r.push('a');
r.push(null);
r.on('data', () => log('data', props(r)));
r.on('end', () => log('end', props(r)));
r.on('close', () => log('close', props(r)));
//// properties of an empty stream
const r = new Readable({ read() {} });
r.push(null);
log(props(r));
log(r.read());
log(props(r));
setImmediate(() => log(props(r)));
//// properties of one destroyed
const r = new Readable({ read() {} });
r.destroy();
log(props(r));
r.on('close', () => log(props(r)));
//// properties of one destroyed with an error
const r = new Readable({ read() {} });
r.on('error', () => log('error', props(r)));
r.destroy(new Error('x'));
log(props(r));
//// readable can be set
const r = new Readable({ read() {} });
r.readable = false;
log(props(r));
r.readable = true;
log(r.readable);
//// read of parts
const r = new Readable({ read() {} });
watch(r, 'r');
r.push('abc');
r.push('def');
r.push(null);
log(r.read(2), r.readableLength, r.read(10), r.read(1));
log(r.readableHighWaterMark, r.read(), r.read());
//// read of more than the mark
const r = new Readable({ highWaterMark: 10, read(n) { log('_read', n); } });
log(r.read(20), r.readableHighWaterMark, r.read(0));
r.push('x');
log(r.readableLength);
r.on('readable', () => log('readable', r.read(20), r.readableHighWaterMark));
attempt(() => r.read(2 ** 31));
//// read across chunks
const r = new Readable({ read() {} });
for (const text of ['ab', 'c', 'defg', 'h']) r.push(text);
log(r.read(3), r.read(1), r.read(2), r.readableLength, r._readableState.buffer.length - r._readableState.bufferIndex);
r.unshift('xyz');
log(r.read(2), r.read(), r.read());
//// read across chunks of text
const r = new Readable({ encoding: 'utf8', read() {} });
for (const text of ['ab', 'c', 'defg', 'h']) r.push(text);
log(r.read(3), r.read(1), r.read(2), r.readableLength);
r.unshift('xyz');
log(r.read(2), r.read(), r.read());
//// read with odd arguments
const r = new Readable({ read() {} });
r.push('abcdefgh');
log(r.read('2'), r.read(-1), r.read(1.7), r.read(0), r.read(null));
//// read in object mode
const r = new Readable({ objectMode: true, highWaterMark: 2, read() { log('_read'); } });
log(r.push(1), r.push({ a: 1 }), r.push('text'), r.push(undefined));
log(r.read(), r.read(5), r.read(0), r.read(), r.read(), r.readableLength);
//// push returns whether more is welcome
const r = new Readable({ highWaterMark: 4, read() {} });
log(r.push('ab'), r.push('cd'), r.push(''), r.push(undefined), r.push(null));
//// push after the end
const r = new Readable({ read() {} });
watch(r, 'r');
r.push('a');
r.push(null);
log(r.push('b'), r.push(null));
//// push after destroy
const r = new Readable({ read() {} });
watch(r, 'r');
r.destroy();
log(r.push('b'), r.readableLength, r.push(null));
//// bad chunks
for (const chunk of [5, true, {}, []]) {
  const r = new Readable({ read() {} });
  r.on('error', (e) => log(e.code, e.message));
  log(r.push(chunk), r.destroyed);
}
const r = new Readable({ read() {} });
r.on('error', (e) => log(e.code, e.message));
log(r.unshift({}));
//// unshift after the end
const r = new Readable({ read() {} });
watch(r, 'r');
r.push('a');
r.push(null);
r.on('end', () => log(r.unshift('b')));
r.resume();
//// unshift before the end event
const r = new Readable({ read() {} });
watch(r, 'r');
let first = true;
r.on('readable', () => {
  const c = r.read();
  log('readable', c);
  if (first && c) r.unshift('again');
  first = false;
});
r.push('a');
r.push(null);
//// unimplemented _read
const r = new Readable();
watch(r, 'r');
log(r.read());
//// _read throws
const r = new Readable({ read() { throw new Error('thrown'); } });
watch(r, 'r');
r.resume();
//// _read pushes at once
let n = 0;
const r = new Readable({ highWaterMark: 3, read() { log('_read', n); this.push(n < 5 ? String(n++) : null); } });
watch(r, 'r');
r.on('data', (c) => log('data', c));
//// _read pushes later
let n = 0;
const r = new Readable({ read() { log('_read', n); setImmediate(() => this.push(n < 3 ? String(n++) : null)); } });
watch(r, 'r');
r.on('data', (c) => log('data', c));
process.nextTick(() => log('tick'));
Promise.resolve().then(() => log('job'));
//// fills up to its mark without a reader
let n = 0;
const r = new Readable({ highWaterMark: 3, read() { log('_read', n); this.push(String(n++)); } });
log(r.read(0), r.readableLength);
setImmediate(() => log(r.readableLength));
//// readable
let n = 0;
const r = new Readable({ highWaterMark: 3, read() { log('_read', n); setImmediate(() => this.push(n < 4 ? String(n++) : null)); } });
watch(r, 'r');
r.on('readable', () => {
  let c;
  while ((c = r.read()) !== null) log('read', c);
  log('nothing');
});
//// readable without read
const r = new Readable({ read() {} });
watch(r, 'r');
r.on('readable', () => log('readable', r.readableLength));
r.push('a');
setImmediate(() => {
  r.push('b');
  setImmediate(() => r.push(null));
});
//// readable and data
const r = new Readable({ read() {} });
watch(r, 'r');
r.on('data', (c) => log('data', c));
r.on('readable', () => log('readable', r.read()));
log(r.readableFlowing);
r.push('abc');
r.push(null);
//// readable removed again
const r = new Readable({ read() {} });
watch(r, 'r');
const f = () => log('readable');
r.on('data', (c) => log('data', c));
r.on('readable', f);
r.push('abc');
r.removeListener('readable', f);
log(r.readableFlowing);
process.nextTick(() => log(r.readableFlowing));
//// readable removed, nobody left
const r = new Readable({ read() {} });
const f = () => log('readable');
r.on('readable', f);
r.push('abc');
r.removeAllListeners('readable');
log(r.readableFlowing);
process.nextTick(() => log(r.readableFlowing));
//// resume while somebody listens to readable
const r = new Readable({ read() {} });
watch(r, 'r');
r.on('readable', () => log('readable', r.readableLength));
r.resume();
log(r.readableFlowing, r.isPaused());
r.push('abc');
r.push(null);
//// pause and resume
const r = new Readable({ read() {} });
watch(r, 'r');
log(r.isPaused(), r.readableFlowing);
r.on('data', (c) => log('data', c));
log(r.isPaused(), r.readableFlowing);
r.pause();
r.pause();
log(r.isPaused(), r.readableFlowing);
r.push('a');
setImmediate(() => {
  r.resume();
  r.push('b');
  log(r.isPaused(), r.readableFlowing);
});
//// pause in data
const r = new Readable({ read() {} });
watch(r, 'r');
r.on('data', (c) => {
  log('data', c);
  r.pause();
  setImmediate(() => r.resume());
});
r.push('a');
r.push('b');
r.push('c');
r.push(null);
//// pause before data is listened to
const r = new Readable({ read() {} });
watch(r, 'r');
r.pause();
r.on('data', (c) => log('data', c));
r.push('a');
setImmediate(() => log(r.readableFlowing, r.readableLength));
//// explicit resume and pause in one turn
const r = new Readable({ read() { log('_read'); } });
watch(r, 'r');
r.resume();
r.pause();
log(r.readableFlowing);
r.push('x');
//// data listener removed while flowing
const r = new Readable({ read() {} });
watch(r, 'r');
const f = (c) => log('data', c);
r.on('data', f);
r.push('a');
setImmediate(() => {
  r.removeListener('data', f);
  log(r.readableFlowing);
  r.push('b');
  log(r.readableLength);
  setImmediate(() => log(r.readableLength));
});
//// straight push while flowing
const r = new Readable({ read() {} });
r.on('data', (c) => log('data', c, r.readableLength));
setImmediate(() => {
  log('before');
  log(r.push('a'));
  log(r.push('b'));
  log('after');
});
//// end without a reader
const r = new Readable({ read() {} });
watch(r, 'r');
r.push('a');
r.push(null);
setImmediate(() => {
  log('now');
  r.resume();
});
//// end with autoDestroy false
const r = new Readable({ autoDestroy: false, read() {} });
watch(r, 'r');
r.resume();
r.push(null);
setImmediate(() => log(props(r)));
//// error with autoDestroy false
const r = new Readable({ autoDestroy: false, read() { throw new Error('x'); } });
watch(r, 'r');
r.read();
setImmediate(() => log(props(r)));
//// destroy twice, with callbacks
const r = new Readable({ read() {}, destroy(e, cb) { log('_destroy', e && e.message); setImmediate(cb, e); } });
watch(r, 'r');
r.destroy(new Error('a'), (e) => log('cb', e.message));
r.destroy(new Error('b'), (e) => log('cb2', e));
//// destroy in data
const r = new Readable({ read() {} });
watch(r, 'r');
r.on('data', (c) => {
  log('data', c);
  r.destroy();
});
r.push('a');
r.push('b');
r.push(null);
//// emitClose false
const r = new Readable({ emitClose: false, read() {} });
watch(r, 'r');
r.destroy();
setImmediate(() => log(r.closed));
//// encoding
const r = new Readable({ encoding: 'utf8', read() {} });
r.on('data', (c) => log('data', typeof c, c));
r.push(Buffer.from([0xe2, 0x82]));
log(r.readableLength);
r.push(Buffer.from([0xac]));
r.push('text');
r.push(Buffer.from([0xe2]));
r.push(null);
r.on('end', () => log('end'));
//// setEncoding of what waits
const r = new Readable({ read() {} });
r.push(Buffer.from([0xe2, 0x82]));
r.push(Buffer.from([0xac, 0x41]));
log(r.setEncoding('utf8') === r, r.readableLength, r.readableEncoding, r.read());
attempt(() => r.setEncoding('nope'));
attempt(() => new Readable({ encoding: 'nope' }));
//// push with an encoding
const r = new Readable({ read() {} });
r.push('616263', 'hex');
r.unshift('ZA==', 'base64');
log(r.read());
//// default encoding
const r = new Readable({ defaultEncoding: 'hex', read() {} });
r.push('6162');
log(r.read());
//// typed arrays
const r = new Readable({ read() {} });
r.push(new Uint8Array([65, 66]));
r.unshift(new Uint8Array([67]));
log(r.read());
//// construct
const r = new Readable({ construct(cb) { log('construct'); setImmediate(cb); }, read() { log('_read'); this.push(null); } });
watch(r, 'r');
r.resume();
r.on('data', () => {});
//// construct fails
const r = new Readable({ construct(cb) { cb(new Error('con')); }, read() { log('_read'); } });
watch(r, 'r');
r.resume();
//// construct and push early
const r = new Readable({ construct(cb) { setImmediate(cb); }, read() { log('_read'); } });
r.on('data', (c) => log('data', c));
r.push('early');
//// wrap
const old = new (require('events'))();
old.pause = () => log('old pause');
old.resume = () => log('old resume');
old.extra = function () { return this === old; };
const r = new Readable({ highWaterMark: 2 }).wrap(old);
watch(r, 'r');
old.emit('data', 'a');
old.emit('data', 'b');
log(r.extra());
r.on('data', (c) => log('data', c));
setImmediate(() => {
  old.emit('data', 'c');
  old.emit('end');
});
//// wrap, error and close
const old = new (require('events'))();
const r = new Readable().wrap(old);
watch(r, 'r');
old.emit('error', new Error('old'));
const older = new (require('events'))();
const q = new Readable().wrap(older);
watch(q, 'q');
older.emit('close');
//// the inner state
const r = new Readable({ read() {} });
const s = r._readableState;
log(s.flowing, s.reading, s.ended, s.endEmitted, s.length, s.highWaterMark, s.needReadable, s.emittedReadable, s.sync, s.constructed);
log(s.destroyed, s.errored, s.errorEmitted, s.closed, s.closeEmitted, s.autoDestroy, s.emitClose, s.pipes.length, s.awaitDrainWriters);
log(s.decoder, s.encoding, s.objectMode, s.readableListening, s.resumeScheduled, s.defaultEncoding, s.readingMore, s.dataEmitted, s.paused);
r.on('readable', () => {});
log(s.readableListening, s.needReadable, s.flowing);
r.push('a');
log(s.length, s.emittedReadable, s.needReadable, s.readingMore);
//// inner state of a Writable
const w = new Writable({ write(c, e, cb) { setImmediate(cb); } });
const s = w._writableState;
const all = () => log(s.writing, s.ending, s.ended, s.finished, s.finalCalled, s.prefinished, s.needDrain, s.corked, s.length, s.pendingcb,
  s.bufferedRequestCount, s.sync, s.bufferProcessing, s.errorEmitted, s.defaultEncoding, s.decodeStrings, s.writelen);
all();
w.write('a');
w.write('b');
all();
w.end();
all();
w.on('close', all);
//// captureRejections
const r = new Readable({ captureRejections: true, read() {} });
watch(r, 'r');
r.on('data', async () => { throw new Error('async'); });
r.push('a');
//// without new
const r = Readable({ read() {} });
log(r instanceof Readable, r instanceof Stream, r instanceof Writable, typeof r.pipe);
//// function style
function Mine(options) {
  Readable.call(this, options);
}
Object.setPrototypeOf(Mine.prototype, Readable.prototype);
Mine.prototype._read = function (n) { log('mine', n); this.push('x'); this.push(null); };
watch(new Mine().on('data', (c) => log('data', c)), 'm');
//// undestroy
const r = new Readable({ read() {} });
watch(r, 'r');
r.push(null);
r.resume();
r.once('close', () => {
  r._undestroy();
  log(props(r));
  r.on('data', (c) => log('data', c));
  r.push('again');
});
//// names of events
const r = new Readable({ read() {} });
log(r.eventNames().length, r.listenerCount('data'));
r.on('data', () => {}).on('mine', () => {});
log(r.eventNames());
//// abort signal
const ac = new AbortController();
const r = new Readable({ read() {}, signal: ac.signal });
watch(r, 'r');
ac.abort();
log(r.destroyed, r.errored.name, r.errored.code);
//// abort signal that has aborted
const r = addAbortSignal(AbortSignal.abort('why'), new Readable({ read() {} }));
watch(r, 'r');
log(r.destroyed, r.errored.cause);
attempt(() => addAbortSignal(5, r));
attempt(() => addAbortSignal(new AbortController().signal, {}));
attempt(() => new Readable({ signal: 5 }));
