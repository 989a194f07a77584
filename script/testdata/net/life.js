const life = 'connect ready data end finish drain timeout error close pause resume';
const link = (log, options, serve, use) => {
  const server = net.createServer(options, (s) => serve(s, server)).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    use(net.connect({ port, host: '127.0.0.1', ...options?.client }), server, port);
  });
  return server;
};
test('an ordinary life', (log, done) => {
  link(log, {}, (s) => {
    watch(log, 's', s, life);
    s.on('data', () => { log(s.bytesRead, s.bytesWritten); s.end('goodbye!!!'); log(s.readyState, s.writable, s.writableEnded); });
    s.on('end', () => log(s.readyState, s.readable, s.readableEnded));
    s.on('close', () => log(s.readyState, s.bytesRead, s.bytesWritten));
  }, (c, server) => {
    watch(log, 'c', c, life);
    c.write('HelloWorld!!!');
    c.on('close', () => { log(c.readyState, c.bytesRead, c.bytesWritten, c.remoteAddress); server.close(done); });
  });
});
test('encodings', (log, done) => {
  link(log, {}, (s) => {
    let all = '';
    s.setEncoding('hex');
    s.on('data', (d) => { all += d; }).on('end', () => log(typeof all, all));
  }, (c, server) => {
    c.write('é');
    c.write('é', 'latin1');
    c.write('ff00', 'hex');
    c.write('aGk=', 'base64');
    c.write('é', 'utf16le');
    c.write(new Uint8Array([1, 2]));
    c.setDefaultEncoding('latin1');
    c.write('é');
    log(c.bytesWritten);
    c.end('é', 'ucs2');
    c.resume().on('close', () => { log(c.bytesWritten); server.close(done); });
  });
});
test('a character in two pieces', (log, done) => {
  link(log, {}, (s) => {
    s.write(Buffer.from([0xe2, 0x82]));
    setTimeout(() => s.end(Buffer.from([0xac, 0xe2])), 10);
    s.resume();
  }, (c, server) => {
    c.setEncoding('utf8');
    watch(log, 'c', c, 'data end close').on('close', () => server.close(done));
  });
});
test('half open', (log, done) => {
  link(log, { allowHalfOpen: true, client: { allowHalfOpen: true } }, (s) => {
    watch(log, 's', s, 'data end finish');
    s.on('end', () => { log(s.readyState); s.write('still here'); setTimeout(() => s.end('bye'), 5); });
  }, (c, server) => {
    watch(log, 'c', c, 'end finish close');
    c.end('x');
    let text = '';
    c.on('data', (d) => { text += d; }).on('end', () => log(text, c.readyState));
    c.on('finish', () => log(c.readyState));
    c.on('close', () => server.close(done));
  });
});
test('write after our own end', (log, done) => {
  link(log, {}, (s) => s.on('data', (d) => log('s', d)).on('error', () => {}), (c, server) => {
    watch(log, 'c', c, 'finish error close');
    c.end('x');
    log(c.write('y', (e) => log('callback', e)));
    log(c.destroyed);
    c.on('close', () => { log(c.write('z', (e) => log('callback 2', e))); setImmediate(() => server.close(done)); });
  });
});
test('write after the end of the peer', (log, done) => {
  link(log, {}, (s) => s.end(), (c, server) => {
    watch(log, 'c', c, 'end finish error close').resume();
    c.on('end', () => {
      setImmediate(() => {
        log(c.writableEnded, c.write('late', (e) => log('callback', e)));
      });
    });
    c.on('close', () => setTimeout(() => server.close(done), 5));
  });
});
test('write inside end', (log, done) => {
  link(log, {}, (s) => { s.end('x'); s.on('data', (d) => log('s', d)).on('close', () => log('s close')); }, (c, server) => {
    c.resume().on('end', () => log('end', c.write('last', () => log('written')), c.writable)).on('close', () => setTimeout(() => server.close(done), 5));
  });
});
test('a socket that was never connected', (log, done) => {
  const a = watch(log, 'a', new net.Socket(), 'error close finish end');
  log(a.write('x', (e) => log('a', e)));
  const b = watch(log, 'b', new net.Socket(), 'error close finish end');
  b.end();
  const c = watch(log, 'c', new net.Socket(), 'error close finish end');
  log(c.destroy() === c, c.destroyed, c.readyState);
  const d = watch(log, 'd', new net.Socket(), 'error close finish end');
  log(d.resetAndDestroy() === d, d.destroyed);
  const e = watch(log, 'e', new net.Socket(), 'error close finish end');
  e.destroySoon();
  setTimeout(done, 10);
});
test('destroy in connection, with an error and without', (log, done) => {
  let n = 0;
  link(log, {}, (s) => {
    watch(log, 's', s, 'error close end finish');
    s.destroy(n++ ? new Error('mine') : undefined);
    log(s.destroyed, s.readyState, s._handle);
  }, (c, server, port) => {
    c.resume().on('close', () => {
      net.connect(port, '127.0.0.1').resume().on('close', () => server.close(done));
    });
  });
});
test('destroy inside connect', (log, done) => {
  link(log, {}, (s) => s.resume(), (c, server) => {
    watch(log, 'c', c, life);
    c.on('connect', () => { c.write('x', (e) => log('written', e)); c.destroy(); });
    c.on('close', () => setTimeout(() => server.close(done), 5));
  });
});
test('destroySoon sends what was written', (log, done) => {
  link(log, {}, (s) => { let n = 0; s.on('data', (d) => { n += d.length; }).on('end', () => log('received', n)); }, (c, server) => {
    watch(log, 'c', c, 'finish close');
    c.write(Buffer.alloc(3e6));
    c.destroySoon();
    log(c.destroyed, c.writable);
    c.on('close', () => setTimeout(() => server.close(done), 30));
  });
});
test('reset', (log, done) => {
  link(log, {}, (s, server) => {
    watch(log, 's', s, 'end error close').resume();
    s.write('x');
    s.on('close', () => server.close(done));
  }, (c) => {
    watch(log, 'c', c, 'end finish error close');
    c.on('data', () => log(c.resetAndDestroy() === c, c.destroyed, c.readyState));
  });
});
test('reset while connecting', (log, done) => {
  link(log, {}, (s) => s.on('error', () => {}).resume(), (c, server) => {
    watch(log, 'c', c, 'connect ready error close').resetAndDestroy();
    log(c.destroyed);
    c.on('close', () => setTimeout(() => server.close(done), 5));
  });
});
test('backpressure', (log, done) => {
  link(log, { client: { highWaterMark: 4 } }, (s) => {
    let n = 0;
    s.pause();
    setTimeout(() => s.resume(), 20);
    s.on('data', (d) => { n += d.length; }).on('end', () => log('received', n));
  }, (c, server) => {
    c.on('connect', () => {
      log(c.write('12345678', () => log('one')), c.writableLength, c.writableNeedDrain, c.bytesWritten);
      log(c.write(Buffer.alloc(2e7), (e) => log('two', e)), c.writableLength, c.writableNeedDrain, c.bytesWritten, c.bufferSize, c._handle.writeQueueSize > 0);
      log(c.write('x', () => log('three')), c.writableLength, c.bytesWritten);
      c.once('drain', () => {
        log('drain', c.writableLength, c.bytesWritten);
        c.end('bye', () => log('ended', c.writableFinished));
      });
    });
    c.on('finish', () => log('finish')).on('close', (had) => { log('close', had, c.bytesWritten); server.close(done); }).resume();
  });
});
test('cork', (log, done) => {
  link(log, {}, (s) => s.on('data', (d) => log('s', d)), (c, server) => {
    c.on('connect', () => {
      c.cork();
      c.write('a', () => log('a'));
      c.write('é', 'latin1', () => log('b'));
      c.write('ff', 'hex', () => log('c'));
      log(c.writableLength, c.bytesWritten, c.writableCorked);
      c.uncork();
      log(c.writableLength, c.bytesWritten, c.writableCorked);
      c.end(() => log('end'));
    });
    c.resume().on('close', () => server.close(done));
  });
});
test('order of callbacks and ticks', (log, done) => {
  link(log, {}, (s) => s.on('data', (d) => log('s', d)), (c, server) => {
    c.on('ready', () => {
      process.nextTick(() => log('tick before'));
      Promise.resolve().then(() => log('job'));
      c.write('1', () => log('one'));
      process.nextTick(() => log('tick between'));
      c.write('2', () => log('two'));
      c.write('3');
      setImmediate(() => { log('immediate'); c.end(() => log('end')); });
      log('sync');
    });
    c.resume().on('close', () => server.close(done));
  });
});
test('pause and resume', (log, done) => {
  let peer;
  link(log, {}, (s) => { peer = s; s.write('one'); s.resume(); }, (c, server) => {
    watch(log, 'c', c, 'data end close pause resume');
    const look = () => { if (c.readableLength === 0) return setTimeout(look, 5); log('now', c.readableLength); c.resume(); };
    c.once('data', () => { log(c.pause() === c, c.isPaused()); peer.end('two'); look(); });
    c.on('close', () => server.close(done));
  });
});
test('pauseOnConnect', (log, done) => {
  link(log, { pauseOnConnect: true }, (s) => {
    watch(log, 's', s, 'data end');
    log(s.isPaused(), s._handle.reading, s.bytesRead);
    setTimeout(() => { log(s.bytesRead); s.resume(); }, 10);
  }, (c, server) => { c.end('x'); c.resume().on('close', () => server.close(done)); });
});
test('readable and read', (log, done) => {
  link(log, {}, (s) => { s.end('hello'); s.resume(); }, (c, server) => {
    c.on('readable', () => { let d; while ((d = c.read(2)) !== null) log(d); const rest = c.read(); if (rest) log('rest', rest); });
    c.on('end', () => log('end')).on('close', () => server.close(done));
  });
});
test('pipe', (log, done) => {
  link(log, {}, (s) => s.pipe(s), (c, server) => {
    c.setEncoding('utf8');
    c.end('around');
    watch(log, 'c', c, 'data end close').on('close', () => server.close(done));
  });
});
test('async iteration', (log, done) => {
  link(log, {}, (s) => { s.end('abc'); s.resume(); }, async (c, server) => {
    c.setEncoding('latin1');
    let all = '';
    for await (const d of c) all += d;
    log(all, c.destroyed);
    server.close(done);
  });
});
test('onread with a buffer', (log, done) => {
  const buffer = Buffer.alloc(4);
  link(log, { client: { onread: { buffer, callback(n, b) { log(n, b === buffer, b.toString('latin1', 0, n)); return true; } } } }, (s) => { s.end('hello world'); s.resume(); }, (c, server) => {
    watch(log, 'c', c, 'data end close').on('close', () => { log(c.bytesRead); server.close(done); });
  });
});
test('onread with a function, paused by its callback', (log, done) => {
  let made = 0;
  let c;
  link(log, { client: { onread: { buffer() { made++; return new Uint8Array(5); }, callback(n, b) {
    log(n, Buffer.from(b.slice(0, n)));
    setTimeout(() => { log('resume'); c.resume(); }, 5);
    return false;
  } } } }, (s) => { s.end('hello world'); s.resume(); }, (socket, server) => {
    c = watch(log, 'c', socket, 'data end close');
    c.on('close', () => { log(made); server.close(done); });
  });
});
test('timeout', (log, done) => {
  link(log, {}, (s) => { watch(log, 's', s, 'timeout close').resume(); s.setTimeout(20, () => log('callback')); }, (c, server) => {
    c.setTimeout(60);
    c.on('timeout', () => { log('c timeout', c.timeout, c.destroyed); c.end(); });
    c.resume().on('close', () => { log('c close'); server.close(done); });
  });
});
test('timeout of a socket without a connection, and of one put off', (log, done) => {
  const u = new net.Socket().setTimeout(20);
  u.on('timeout', () => { log('timeout', u.destroyed); });
  link(log, { client: { timeout: 600 } }, (s) => { const t = setInterval(() => s.write('x'), 15); setTimeout(() => { clearInterval(t); s.end(); }, 900); s.resume(); }, (c, server) => {
    log(c.timeout);
    c.on('timeout', () => log('never')).resume().on('close', () => server.close(done));
  });
});
test('the facade of the handle', (log, done) => {
  link(log, {}, (s) => { s.end('abc'); s.resume(); }, (c, server) => {
    const h = c._handle;
    log(h.constructor.name, h.reading, typeof h.readStart, typeof h.readStop, typeof h.close, typeof h.shutdown, typeof h.writeUtf8String, h.isStreamBase);
    c.on('connect', () => log(h.fd > 2, h.bytesRead, h.bytesWritten, h.writeQueueSize, h.hasRef()));
    c.on('ready', () => process.nextTick(() => { log(h.reading); c.unref(); log(h.hasRef()); c.ref(); log(h.hasRef()); }));
    c.resume().on('close', () => { log(c._handle); server.close(done); });
  });
});
test('a socket of the handle of another', (log, done) => {
  link(log, {}, (s) => {
    const t = new net.Socket({ handle: s._handle });
    log(t.remoteAddress, t.connecting, t.pending, t.readyState, t.readable, t.writable);
    t.on('data', (d) => { log('t', d); t.end('from t'); });
    t.on('close', () => log('t close'));
  }, (c, server) => {
    c.write('x');
    c.on('data', (d) => log('c', d)).on('close', () => { server.close(); done(); });
  });
});
test('asynchronous disposal and _reset of states', (log, done) => {
  link(log, {}, (s) => s.resume().on('error', () => {}), async (c, server) => {
    watch(log, 'c', c, 'error close');
    c.on('connect', () => c[Symbol.asyncDispose]?.().then(() => { log('disposed', c.destroyed); server.close(done); }, (e) => log('rejected', e)));
  });
});
