test('close comes behind immediates', (log, done) => {
  const s = pair({}, (c) => {
    c.on('close', () => { log('close'); s.close(done); });
    c.destroy();
    process.nextTick(() => log('tick'));
    setImmediate(() => log('immediate'));
    Promise.resolve().then(() => log('job'));
  }, (port) => net.connect(port, '127.0.0.1').on('error', () => {}).resume());
});
test('close of the main part comes behind immediates', (log, done) => {
  const c = new net.Socket();
  const d = net.connect(1, '127.0.0.1');
  c.on('close', () => log('c close'));
  d.on('close', () => { log('d close'); setImmediate(done); });
  d.destroy();
  c.destroy();
  setImmediate(() => log('immediate'));
  process.nextTick(() => log('tick'));
});
test('those closed last are told first', (log, done) => {
  const all = [1, 2, 3].map((n) => net.connect(1, '127.0.0.1').on('close', () => { log(n); if (n === 1) done(); }));
  for (const c of all) c.destroy();
});
test('server and socket closed at once', (log, done) => {
  const s = pair({}, (c) => {
    s.on('close', () => log('server close'));
    c.on('close', () => { log('socket close'); setImmediate(done); });
    s.close();
    c.destroy();
  }, (port) => net.connect(port, '127.0.0.1').on('error', () => {}).resume());
});
test('an error, thrown where nobody catches it', (log, done) => {
  const s = pair({}, (c) => c.end('x'), (port) => {
    process.once('uncaughtException', (e) => { log('uncaught', e); });
    const c = net.connect(port, '127.0.0.1').on('data', () => { throw new Error('in data'); });
    c.on('end', () => log('end')).on('close', () => s.close(done));
  });
});
test('an error event nobody listens for', (log, done) => {
  process.once('uncaughtException', (e) => { log('uncaught', e); setImmediate(done); });
  net.connect(1, '127.0.0.1').on('close', (had) => log('close', had));
});
test('errors of listeners of connect and close', (log, done) => {
  const s = pair({}, (c) => c.on('error', () => {}).end('x'), (port) => {
    let n = 0;
    const hear = (e) => {
      log('uncaught', e);
      if (++n === 1) {
        c.destroy();
      } else {
        process.off('uncaughtException', hear);
        s.close(done);
      }
    };
    process.on('uncaughtException', hear);
    const c = net.connect(port, '127.0.0.1', () => { throw new Error('in connect'); });
    c.on('ready', () => log('ready')).on('close', () => { throw new Error('in close'); });
    c.resume();
  });
});
