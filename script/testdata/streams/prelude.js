const { Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, compose, addAbortSignal } = Stream_;
const show = (v) => (typeof v === 'string' ? v : v instanceof Error ? `${v.name} ${v.code} ${v.message}` : Buffer.isBuffer(v) ? `<${v}>`
  : Array.isArray(v) ? `[${v.map(show)}]` : v && v.constructor === Object ? JSON.stringify(v) : typeof v === 'function' ? 'function' : String(v));
const log = (...values) => console.log(values.map(show).join(' '));
const watch = (stream, name, without = []) => {
  for (const event of ['pause', 'resume', 'end', 'drain', 'prefinish', 'finish', 'close', 'pipe', 'unpipe']) {
    if (!without.includes(event)) stream.on(event, () => log(name, event));
  }
  stream.on('error', (error) => log(name, 'error', error && error.code, error && error.message));
};
const attempt = (f) => {
  try {
    log('ok', typeof f());
  } catch (error) {
    log(error.name, error.code, error.message);
  }
};
const fields = ['readable', 'readableDidRead', 'readableAborted', 'readableFlowing', 'readableLength', 'readableEncoding', 'readableEnded',
  'writable', 'writableFinished', 'writableEnded', 'writableNeedDrain', 'writableCorked', 'writableLength', 'writableAborted',
  'errored', 'closed', 'destroyed'];
const props = (stream) => fields.filter((name) => stream[name]).map((name) => `${name}=${stream[name].message ?? stream[name]}`).join(' ');
process.on('uncaughtException', (error) => log('uncaught', error.code, error.message));
