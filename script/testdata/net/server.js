const listening = 'listening error close';
test('listen on a port', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  log(s.listening, s.address());
  log(s.listen(0) === s, s.listening, s.address() !== null, s._connectionKey);
  s.on('listening', () => {
    log(s.address(), s._handle.constructor.name, s._handle.fd > 2);
    s.close(() => { log('closed', s.listening, s.address()); done(); });
    log(s.listening, s.address());
  });
});
test('listen with a host is bound later', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen(0, '127.0.0.1', () => { log(s.address()); s.close(done); });
  log(s.listening, s.address());
});
test('listen on a name', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen({ port: 0, host: 'localhost' }, () => { log(s.address().family); s.close(done); });
});
test('listen on IPv6', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen({ port: 0, host: '::1' }, () => { log(s.address(), s._connectionKey.slice(0, 6)); s.close(done); });
});
test('ipv6Only', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  spare((port) => s.listen({ port, host: '::', ipv6Only: true }, () => {
    log(s.address());
    const other = watch(log, 'other', net.createServer(), listening);
    other.on('error', () => s.close(done));
    other.listen(port, '0.0.0.0', () => { other.close(); s.close(done); });
  }));
});
test('the address is in use', (log, done) => {
  const a = net.createServer().listen(0, '127.0.0.1', () => {
    const b = watch(log, 'b', net.createServer(), listening);
    b.listen(a.address().port, '127.0.0.1');
    b.on('error', () => { log(b.listening, b.address()); a.close(done); });
  });
});
test('the address is in use, without a host', (log, done) => {
  const a = net.createServer().listen(0, () => {
    const b = watch(log, 'b', net.createServer(), listening);
    b.listen(a.address().port);
    log(b.listening);
    b.on('error', () => { log(b.listening); a.close(done); });
  });
});
test('an address that is not ours', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen(0, '1.2.3.4').on('error', done);
});
test('listen twice', (log, done) => {
  const s = net.createServer().listen(0);
  caught(log, 'again', () => s.listen(0));
  s.close(done);
});
test('listen again after close, on the same port', (log, done) => spare((port) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen(port, '127.0.0.1', () => {
    s.close();
    s.removeAllListeners('listening');
    s.listen(port, '127.0.0.1', () => { log('again', s.address().port === port); s.close(done); });
  });
}));
test('close in the same tick as listen, and again', (log, done) => spare((port) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen(port);
  s.close();
  s.listen(port, () => { log('again', s.address().port === port); s.close(() => setImmediate(done)); });
}));
test('close before a host was looked up', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen(0, 'localhost');
  s.close((e) => log('closed', e));
  setTimeout(() => { log(s.listening); done(); }, 30);
});
test('close of a server that does not listen', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  log(s.close((e) => log('callback', e)) === s);
  s.close();
  setImmediate(done);
});
test('close three times', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening).listen(0, () => {
    for (const n of [1, 2, 3]) s.close((e) => log(n, e));
    setImmediate(() => setImmediate(done));
  });
});
test('close waits for the sockets', (log, done) => {
  const s = pair({}, (c) => {
    s.close((e) => { log('server closed', e, c.destroyed); });
    log('closing', s.listening);
    s.getConnections((e, n) => { log(e, n); c.end(); });
    watch(log, 'c', c, 'end finish close');
    c.on('close', () => setImmediate(done));
    c.resume();
  }, (port) => net.connect(port, '127.0.0.1').resume());
});
test('getConnections', (log, done) => {
  const s = net.createServer();
  log(s.getConnections((e, n) => { log(e, n); done(); }) === s);
  log('first');
});
test('maxConnections and drop', (log, done) => {
  const s = pair({}, (c) => { log('connection', s._connections); c.resume(); }, (port) => {
    s.maxConnections = 1;
    watch(log, 'server', s, 'drop close');
    const a = net.connect(port, '127.0.0.1', () => {
      const b = net.connect(port, '127.0.0.1');
      b.on('error', (e) => log('b', e.code));
      b.on('close', () => { log('b close'); a.end(); s.close(done); }).resume();
    });
    a.resume();
  });
});
test('options reach the sockets', (log, done) => {
  const s = pair({ allowHalfOpen: true, pauseOnConnect: true, highWaterMark: 777, noDelay: true, keepAlive: true, keepAliveInitialDelay: 2500 }, (c) => {
    log(c.allowHalfOpen, c.isPaused(), c.readableFlowing, c.readableHighWaterMark, c.writableHighWaterMark, c.server === s, c._server === s);
    c.destroy();
    s.close(done);
  }, (port) => {
    log(s.allowHalfOpen, s.pauseOnConnect, s.highWaterMark, s.noDelay, s.keepAlive, s.keepAliveInitialDelay);
    net.connect(port, '127.0.0.1').on('error', () => {});
  });
});
test('addresses of IPv4 clients of a server for both families', (log, done) => {
  const s = net.createServer((c) => {
    log(c.remoteAddress, c.remoteFamily, c.localAddress, c.localFamily, c.address());
    c.end();
  }).listen(0, () => {
    const c = net.connect(s.address().port, '127.0.0.1', () => log(c.remoteAddress, c.remoteFamily, c.localAddress, c.localFamily)).resume();
    c.on('close', () => s.close(done));
  });
});
test('addresses of IPv6', (log, done) => {
  const s = net.createServer((c) => { log(c.remoteAddress, c.remoteFamily, c.localAddress); c.end(); }).listen(0, '::1', () => {
    const c = net.connect({ port: s.address().port, host: '::1' }, () => log(c.remoteAddress, c.remoteFamily, c.address())).resume();
    c.on('close', () => s.close(done));
  });
});
test('a signal closes the server', (log, done) => {
  const control = new AbortController();
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen({ port: 0, signal: control.signal }, () => { log('abort'); control.abort(); log(s.listening); });
  s.on('close', done);
});
test('a signal that is aborted already', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening);
  s.listen({ port: 0, signal: AbortSignal.abort() });
  log(s.listening);
  s.on('close', () => setImmediate(done));
});
test('listen with the handle of another server', (log, done) => {
  const a = net.createServer().listen(0, '127.0.0.1', () => {
    const b = net.createServer((c) => { log('connection at b'); c.end(); });
    b.listen(a, () => {
      log('listening', b.address().port === a.address().port);
      net.connect(b.address().port, '127.0.0.1').resume().on('close', () => b.close(done));
    });
  });
});
test('unref and ref', (log, done) => {
  const s = net.createServer();
  log(s.unref() === s, s.ref() === s, s.unref() === s);
  s.listen(0, () => { log(s._handle.hasRef()); s.ref(); log(s._handle.hasRef()); s.close(done); });
});
test('asyncDispose', (log, done) => {
  const s = watch(log, 'server', net.createServer(), listening).listen(0, async () => {
    log(await s[Symbol.asyncDispose](), s.listening);
    log(await s[Symbol.asyncDispose]());
    done();
  });
});
test('listen with a bad descriptor', (log, done) => {
  const s = net.createServer().on('error', (e) => { log(e.code, e.syscall); done(); });
  s.listen({ fd: 999 });
});
test('captured rejections of connection listeners', (log, done) => {
  const s = net.createServer({}, async (c) => {
    c.on('error', (e) => log('error', e)).on('close', (had) => { log('close', had); s.close(done); });
    throw new Error('oops');
  });
  s[Symbol.for('nodejs.rejection')](new Error('x'), 'connection', { destroy: (e) => log('destroyed', e) });
  require('events').captureRejections = true;
  const t = net.createServer(async (c) => { c.on('error', (e) => log('error', e)).on('close', (had) => { log('close', had); t.close(done); }); throw new Error('oops'); });
  require('events').captureRejections = false;
  t.listen(0, '127.0.0.1', () => net.connect(t.address().port, '127.0.0.1').on('error', () => {}).resume());
});
