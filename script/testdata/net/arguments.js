test('connect checks its arguments', (log, done) => {
  for (const [name, args] of Object.entries({
    none: [], empty: [{}], null: [null], negative: [-1], big: [65536], nan: [NaN], word: [{ port: 'a' }], object: [{ port: {} }],
    boolean: [{ port: true }], path: [{ path: 5 }], localAddress: [{ port: 1, localAddress: 'foo' }],
    localPort: [{ port: 1, localPort: 'foo' }], lookup: [{ port: 1, host: 'x', lookup: 'foo' }],
    auto: [{ port: 1, host: 'x', autoSelectFamily: 1 }], attempt: [{ port: 1, host: 'x', autoSelectFamilyAttemptTimeout: 0 }],
    attemptWord: [{ port: 1, host: 'x', autoSelectFamilyAttemptTimeout: 'a' }],
  })) caught(log, name, () => net.connect(...args));
  done();
});
test('a Socket checks its options', (log, done) => {
  for (const options of [{ objectMode: true }, { readableObjectMode: 1 }, { writableObjectMode: true }, { fd: -1 }, { fd: 'a' }, { fd: 999 },
    { keepAliveInitialDelay: 'a' }, { signal: 1 }, { onread: 1 }, 'a', undefined, null]) {
    caught(log, show(options), () => new net.Socket(options));
  }
  log(net.Socket() instanceof net.Socket, new net.Socket() instanceof require('stream').Duplex);
  done();
});
test('setTimeout checks its arguments', (log, done) => {
  const s = new net.Socket();
  for (const args of [['a'], [-1], [Infinity], [NaN], [1, 'a'], [0, 'a'], [undefined]]) caught(log, show(args), () => s.setTimeout(...args));
  log(s.setTimeout(50, () => {}) === s, s.timeout, s.listenerCount('timeout'));
  log(s.setTimeout(0) === s, s.timeout, s.listenerCount('timeout'));
  done();
});
test('a Server checks its options', (log, done) => {
  for (const args of [['a'], [5], [{}, 5], [{ keepAliveInitialDelay: 'a' }], [null], [undefined], [() => {}]]) {
    caught(log, show(args.map((a) => typeof a)), () => new net.Server(...args));
  }
  log(new net.Server({ highWaterMark: -1 }).highWaterMark, new net.Server({ keepAliveInitialDelay: -5 }).keepAliveInitialDelay,
    new net.Server({ keepAliveInitialDelay: 1500 }).keepAliveInitialDelay, net.Server() instanceof net.Server);
  log(new net.Server(() => {}).listenerCount('connection'), net.createServer({}, () => {}).listenerCount('connection'));
  done();
});
test('listen checks its arguments', (log, done) => {
  for (const options of [{ port: -1 }, { port: 65536 }, { port: 'a' }, {}, { host: 'x' }, true, false, '', { port: 1.5 }, { path: 5 },
    { fd: -1 }, { fd: 'a' }, -1, 65536, NaN, Infinity, { port: 0, signal: 'a' }, { port: true }, { port: '0x50000' }, { port: ' ' },
    { port: 0, host: 5 }]) {
    caught(log, show(options), () => net.createServer().listen(options));
  }
  done();
});
test('arguments are normalized', (log, done) => {
  for (const args of [[], [5], ['a'], ['5'], [{ a: 1 }], [5, 'h'], [5, 'h', () => {}], [5, () => {}], [5, 'h', 7], [null], [true], [undefined, 'x'],
    [{ port: 1 }, 'h', () => {}]]) {
    const [options, callback] = net._normalizeArgs(args);
    log(JSON.stringify(options), typeof callback);
  }
  done();
});
test('defaults of autoSelectFamily', (log, done) => {
  log(net.getDefaultAutoSelectFamily(), net.getDefaultAutoSelectFamilyAttemptTimeout());
  caught(log, 'zero', () => net.setDefaultAutoSelectFamilyAttemptTimeout(0));
  caught(log, 'word', () => net.setDefaultAutoSelectFamilyAttemptTimeout('a'));
  caught(log, 'number', () => net.setDefaultAutoSelectFamily(1));
  net.setDefaultAutoSelectFamilyAttemptTimeout(5);
  log(net.getDefaultAutoSelectFamilyAttemptTimeout());
  net.setDefaultAutoSelectFamilyAttemptTimeout(250);
  done();
});
test('isIP', (log, done) => {
  for (const x of ['127.0.0.1', 'x', '', '::1', '::1%eth0', '::1%', '1.2.3', '01.2.3.4', '1.2.3.4 ', '256.1.1.1', '::ffff:1.2.3.4', '1::2::3',
    'fe80::1%a_b', 'fe80::1%a%b', null, undefined, 5, {}, { toString: () => '::1' }, '0.0.0.0', '::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8:9',
    '::1.2.3.4', '1.2.3.4.5', '12345::', '1.2.3.4%1', [], '0000:0000:0000:0000:0000:0000:0000:0000', '1050:0:0:0:5:600:300c:326b',
    '2001:252:0:1::2008:6', '::2001:252:1:2008:6', '0000:0000:0000:0000:0000:0000:0000:0000::0000', ':2001:252:0:1::2008:6:']) {
    log(x, net.isIP(x), net.isIPv4(x), net.isIPv6(x));
  }
  caught(log, 'nothing', () => net.isIP());
  done();
});
test('write checks its chunk', (log, done) => {
  const s = new net.Socket();
  for (const bad of [1, null, undefined, {}, [], true, () => {}]) caught(log, typeof bad, () => s.write(bad));
  caught(log, 'encoding', () => s.write('a', 'foo'));
  done();
});
test('what net exports', (log, done) => {
  log(Object.keys(net));
  log(net.connect === net.createConnection, net.Stream === net.Socket, net.connect.name, net.Socket.length, net.Server.length, net.isIP.length);
  log(Object.keys(new net.Socket()).join(' '));
  log(Object.keys(new net.Server()).join(' '));
  log(require('node:net') === net);
  done();
});
test('properties of a new socket', (log, done) => {
  const s = new net.Socket();
  for (const k of ['connecting', '_connecting', 'pending', 'readyState', 'bufferSize', 'bytesRead', 'bytesWritten', '_bytesDispatched', 'remoteAddress',
    'remotePort', 'remoteFamily', 'localAddress', 'localPort', 'localFamily', 'timeout', 'destroyed', 'allowHalfOpen', 'server', '_handle', 'readable',
    'writable', 'readableHighWaterMark', 'writableHighWaterMark', 'writableLength', 'readableFlowing', 'closed', 'errored', 'readableEnded',
    'writableFinished', 'autoSelectFamilyAttemptedAddresses']) log(k, s[k]);
  log(s.address(), s.listenerCount('end'), s.ref() === s, s.unref() === s, s.setNoDelay() === s, s.setKeepAlive() === s, s.pause() === s, s.resume() === s);
  done();
});
