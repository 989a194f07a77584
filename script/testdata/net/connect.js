const attempts = 'lookup connectionAttempt connectionAttemptFailed connectionAttemptTimeout connect ready end finish error close';
const lookup = (...addresses) => (host, options, callback) => {
  if (options.all) callback(null, addresses.map(([address, family]) => ({ address, family })));
  else callback(null, ...addresses[0]);
};
test('to an address', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    const c = watch(log, 'c', net.connect(port, '127.0.0.1'), attempts).resume();
    c.removeAllListeners('connectionAttempt').on('connectionAttempt', (a, p, f) => log('attempt', a, p === port, f));
    log(c.connecting, c.pending, c.readyState, c._handle.constructor.name, c.remoteAddress, c.address());
    c.on('connect', () => log(c.connecting, c.pending, c.readyState, c.remotePort === port, c._host, c.autoSelectFamilyAttemptedAddresses));
    c.on('close', () => { log(c.readyState, c.destroyed, c.closed, c._handle, c.address(), c.localAddress); s.close(done); });
  });
});
test('to a name', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    const c = net.connect(port, 'localhost').resume();
    c.on('lookup', (e, a, f, h) => log('lookup', e, f === 4 || f === 6, h)).on('connect', () => log('connect', c._host)).on('close', () => s.close(done));
  });
});
test('a callback is a listener', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    const c = net.connect({ port, host: '127.0.0.1' }, function (...args) { log('callback', args.length, this === c); });
    log(c.listenerCount('connect'));
    c.on('connect', () => log('listener'));
    c.resume().on('close', () => s.close(done));
  });
});
test('writes before the connection', (log, done) => {
  const s = pair({}, (c) => c.on('data', (d) => log('data', d)).on('end', () => log('end')), (port) => {
    const c = watch(log, 'c', net.connect(port, '127.0.0.1'), 'connect ready finish end close').resume();
    log(c.write('hello', () => log('one')), c.listenerCount('connect'), c._pendingData, c._pendingEncoding, c.bytesWritten, c.writableLength);
    log(c.write('world', () => log('two')), c.bytesWritten, c.bufferSize);
    c.end('!', () => log('ended'));
    c.on('close', () => { log(c.bytesWritten, c.bytesRead); s.close(done); });
  });
});
test('nobody listens', (log, done) => {
  const c = watch(log, 'c', net.connect(1, '127.0.0.1'), attempts);
  c.write('x', (e) => log('write', e));
  c.end('y', (e) => log('end callback', e));
  c.on('close', () => { log(c.readyState, c.destroyed, c.errored); setImmediate(done); });
});
test('nobody listens at a path', (log, done) => {
  watch(log, 'c', net.connect('/tmp/no such socket'), attempts).on('close', done);
});
test('all addresses fail', (log, done) => {
  const c = watch(log, 'c', net.connect({ port: 1, host: 'foo', lookup: lookup(['127.0.0.1', 4], ['127.0.0.3', 4], ['::1', 6], ['127.0.0.2', 4]) }), attempts);
  c.on('error', (e) => log(e.constructor === AggregateError, e.errors.length, Object.getOwnPropertyNames(e).sort(), e.code, c.autoSelectFamilyAttemptedAddresses));
  c.on('close', done);
});
test('one of two addresses fails', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    const c = net.connect({ port, host: 'foo', lookup: lookup(['127.0.0.9', 4], ['127.0.0.1', 4]) }).resume();
    c.on('connectionAttempt', (a) => log('attempt', a)).on('connectionAttemptFailed', (a, p, f, e) => log('failed', a, f, e));
    watch(log, 'c', c, 'connect ready close').on('close', () => s.close(done));
  });
});
test('one address of several is enough', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    const c = net.connect({ port, host: 'foo', lookup: lookup(['127.0.0.1', 4]) }).resume();
    c.on('connect', () => log(c.autoSelectFamilyAttemptedAddresses, c.remoteAddress)).on('close', () => s.close(done));
  });
});
test('autoSelectFamily off', (log, done) => {
  let asked;
  const c = net.connect({ port: 1, host: 'foo', autoSelectFamily: false, lookup(h, o, callback) { asked = o; callback(null, '127.0.0.1', 4); } });
  log(asked);
  watch(log, 'c', c, attempts).on('close', done);
});
test('a family', (log, done) => {
  for (const family of [4, 6, 'IPv4', 'IPv6', 0]) {
    net.connect({ port: 1, host: 'foo', family, lookup(h, o) { log(family, h, o); } }).destroy();
  }
  for (const hints of [0, 1024]) net.connect({ port: 1, host: 'foo', hints, lookup(h, o) { log(hints, h, o); } }).destroy();
  done();
});
test('lookups that go wrong', (log, done) => {
  const all = [
    { lookup: lookup(['x', 4]) }, { lookup: lookup(['1.1.1.1', 7]) }, { lookup: lookup(['1.1.1.1', 7]), family: 4 },
    { lookup: lookup(['x', 4]), autoSelectFamily: false }, { lookup: (h, o, f) => f(new Error('oops')) },
    { lookup: (h, o, f) => f(new Error('oops')), family: 4 }, { lookup: (h, o, f) => process.nextTick(f, new Error('later')) },
  ];
  let open = all.length;
  all.forEach((options, i) => {
    watch(log, i, net.connect({ port: 1, host: 'foo', ...options }), 'lookup error close').on('close', () => { if (--open === 0) done(); });
  });
});
test('an unknown host', (log, done) => {
  watch(log, 'c', net.connect({ port: 1, host: 'no.such.host.invalid' }), 'connect close').on('error', (e) => log(e.code, e.syscall, e.hostname)).on('close', done);
});
test('destroyed while looking up', (log, done) => {
  const c = watch(log, 'c', net.connect({ port: 1, host: 'foo', lookup(h, o, callback) { setImmediate(callback, null, [{ address: '127.0.0.1', family: 4 }]); } }), attempts);
  c.destroy();
  log(c.connecting, c.destroyed, c.readyState);
  setTimeout(done, 10);
});
test('destroyed while connecting', (log, done) => {
  const s = pair({}, () => {}, (port) => {
    const c = watch(log, 'c', net.connect(port, '127.0.0.1'), attempts.replace('connectionAttempt ', ''));
    c.write('x', (e) => log('write', e));
    c.destroy();
    log(c.connecting, c.destroyed, c.readyState, c.pending);
    c.on('close', () => setTimeout(() => s.close(done), 5));
  });
});
test('destroyed with an error while connecting', (log, done) => {
  const c = watch(log, 'c', net.connect(1, '127.0.0.1'), attempts);
  c.destroy(new Error('mine'));
  c.on('close', () => setTimeout(done, 5));
});
test('a local address', (log, done) => {
  const s = pair({}, (c) => { log(c.remoteAddress); c.end(); }, (port) => {
    const c = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.5' }, () => log(c.localAddress)).resume();
    c.on('close', () => s.close(done));
  });
});
test('a local address that is not ours', (log, done) => {
  watch(log, 'c', net.connect({ port: 1, host: '127.0.0.1', localAddress: '1.2.3.4' }), 'connect error close').on('close', done);
});
test('a local address of the other family', (log, done) => {
  watch(log, 'c', net.connect({ port: 1, host: '127.0.0.1', localAddress: '::1' }), 'connect error close').on('close', done);
});
test('a local port in an error', (log, done) => spare((localPort) => {
  watch(log, 'c', net.connect({ port: 1, host: '127.0.0.1', localAddress: '127.0.0.1', localPort }), 'connect error close').on('close', done);
}));
test('connect again after close', (log, done) => {
  let n = 0;
  const s = pair({}, (c) => c.end(`hello ${++n}`), (port) => {
    const c = watch(log, 'c', new net.Socket(), 'connect data end close');
    c.connect(port, '127.0.0.1');
    c.once('close', () => {
      c.once('close', () => s.close(done));
      log(c.connect(port, '127.0.0.1') === c, c.destroyed, c.readyState);
    });
  });
});
test('a path', (log, done) => {
  const path = `/tmp/duplex-net-${process.pid}.sock`;
  const s = net.createServer((c) => {
    c.on('data', (d) => { log('s', c.remoteAddress, c.localAddress, c.address(), c._handle.constructor.name); c.end(d); });
  }).listen(path, () => {
    log(s.address() === path, s._connectionKey === `-1:${path}:-1`);
    const c = watch(log, 'c', net.connect(path), 'connect ready data end finish close');
    log(c.write('over a path'), c._handle.constructor.name);
    c.on('connect', () => log(c.remoteAddress, c.address(), c.readyState));
    caught(log, 'reset', () => c.resetAndDestroy());
    c.on('close', () => s.close(() => { log(require('fs').existsSync(path)); done(); }));
  });
});
test('permissions of a path', (log, done) => {
  const path = `/tmp/duplex-net-all-${process.pid}.sock`;
  const s = net.createServer().listen({ path, readableAll: true, writableAll: true }, () => {
    log((require('fs').statSync(path).mode & 0o666).toString(8));
    s.close(done);
  });
});
test('a path in use, and one in no folder', (log, done) => {
  const path = `/tmp/duplex-net-busy-${process.pid}.sock`;
  const clean = (e) => log(e.code, e.syscall, e.message.replace(path, 'PATH'), e.address === path);
  const a = net.createServer().listen(path, () => {
    net.createServer().listen(path).on('error', (e) => {
      clean(e);
      net.createServer().listen('/no/such/folder/x').on('error', (e2) => { log(e2); a.close(done); });
    });
  });
});
test('a numeric string is a port', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    net.connect(String(port)).resume().on('connect', () => log('connected')).on('error', (e) => log(e.code)).on('close', () => s.close(done));
  });
});
test('options of the connection are remembered', (log, done) => {
  const s = pair({}, (c) => c.end(), (port) => {
    const c = net.connect({ port, host: '127.0.0.1', noDelay: true, keepAlive: true, keepAliveInitialDelay: 3000 }).resume();
    const calls = [];
    c._handle.setNoDelay = (...args) => calls.push('noDelay', ...args);
    c._handle.setKeepAlive = (...args) => calls.push('keepAlive', ...args);
    c.on('ready', () => {
      c.setNoDelay(true);
      c.setNoDelay(false);
      c.setNoDelay(false);
      c.setKeepAlive(true, 3500);
      c.setKeepAlive(true, 5000);
      c.setKeepAlive(false);
      c.setKeepAlive(false);
      log(calls);
    });
    c.on('close', () => s.close(done));
  });
});
test('a signal', (log, done) => {
  const s = pair({}, (c) => c.resume().on('error', () => {}), (port) => {
    const control = new AbortController();
    const c = watch(log, 'c', net.connect({ port, host: '127.0.0.1', signal: control.signal }), 'connect close');
    c.on('error', (e) => log(e.name, e.code, e.message, e.cause === control.signal.reason));
    c.on('connect', () => { control.abort(); log(c.destroyed); });
    c.on('close', () => s.close(done));
  });
});
test('a signal that is aborted already', (log, done) => {
  const c = watch(log, 'c', net.connect({ port: 1, host: '127.0.0.1', signal: AbortSignal.abort() }), 'connect close');
  log(c.destroyed, c.connecting);
  c.on('error', (e) => log(e.name, e.code)).on('close', done);
});
