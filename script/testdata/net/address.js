const { BlockList, SocketAddress } = net;
const { inspect } = require('util');
test('rules of a BlockList', (log, done) => {
  const b = new BlockList();
  log(inspect(b), b.rules);
  b.addAddress('1.1.1.1');
  b.addRange('10.0.0.1', '10.0.0.10');
  b.addSubnet('8592:757c:efae:4e45::', 64, 'ipv6');
  b.addSubnet('10.2.0.0', 16);
  b.addAddress('::1', 'ipv6');
  b.addAddress('::ffff:9.9.9.9', 'ipv6');
  b.addAddress(new SocketAddress({ address: '7.7.7.7' }));
  b.addRange(new SocketAddress({ address: '7.7.7.1' }), new SocketAddress({ address: '7.7.7.7' }));
  log(b.rules.join('\n'));
  log(inspect([b]), inspect({ x: { y: { z: b } } }), inspect(b, { depth: -1 }), String(b));
  for (const a of [['1.1.1.1'], ['1.1.1.2'], ['::ffff:1.1.1.1', 'ipv6'], ['::ffff:101:101', 'ipv6'], ['10.0.0.5'], ['10.0.0.11'], ['10.0.0.1'], ['10.0.0.10'],
    ['8592:757c:efae:4e45::1', 'ipv6'], ['8592:757c:efae:4f45::1', 'ipv6'], ['10.2.200.3', 'IPv4'], ['::1', 'IPV6'], ['9.9.9.9'], ['x'], ['1.1.1.1', 'ipv6'],
    ['::1', 'ipv4'], ['7.7.7.3']]) caught(log, a.join(), () => b.check(...a));
  log(b.check(new SocketAddress({ address: '7.7.7.7' })), b.check(new SocketAddress({ address: '::7', family: 'ipv6' })));
  done();
});
test('a BlockList checks its arguments', (log, done) => {
  const b = new BlockList();
  for (const [name, ...args] of [['addAddress', 1], ['addAddress', 'x'], ['addAddress', '1.1.1.1', 5], ['addAddress', '1.1.1.1', 'foo'],
    ['addAddress', '1.1.1.1', 'ipv6'], ['addAddress'], ['addRange', '1.1.1.2', '1.1.1.1'], ['addRange', 1], ['addRange', '1.1.1.1', 1],
    ['addRange', '1.1.1.1', '::1'], ['addRange', 'x', 'y'], ['addSubnet', '1.1.1.1', 33], ['addSubnet', '1.1.1.1'], ['addSubnet', '1.1.1.1', 'a'],
    ['addSubnet', '::', 129, 'ipv6'], ['addSubnet', '::', -1, 'ipv6'], ['addSubnet', 1, 1], ['addSubnet', '1.1.1.1', 24.5], ['check', 1],
    ['check', '1.1.1.1', 1], ['check'], ['addSubnet', '1.1.1.1', 0]]) caught(log, `${name} ${args}`, () => b[name](...args));
  log(b.rules, b.check('200.1.1.1'));
  done();
});
test('SocketAddress', (log, done) => {
  for (const options of [undefined, {}, { family: 'ipv6' }, { address: '1.2.3.4', port: 80, flowlabel: 5 }, { address: '::1', family: 'ipv6', port: 80, flowlabel: 5 },
    { address: 'x' }, { port: -1 }, { port: 'a' }, { family: 'foo' }, { flowlabel: -1 }, { flowlabel: 0x100000 }, 5, { address: 5 }, { family: 5 },
    { port: 65536 }, { address: '1.2.3.4', family: 'IPV4' }, { address: '0:0::1', family: 'ipv6' }, { address: '::ffff:1.2.3.4', family: 'ipv6' },
    { address: '::1.2.3.4', family: 'ipv6' }, { address: 'FE80::1', family: 'ipv6' }]) {
    caught(log, inspect(options), () => inspect(new SocketAddress(options)));
  }
  const s = new SocketAddress({ address: '1.2.3.4', port: 80 });
  log(s.address, s.family, s.flowlabel, JSON.stringify(s), SocketAddress.isSocketAddress(s), SocketAddress.isSocketAddress({}), Object.keys(s));
  log(inspect([s]), inspect({ a: { b: { c: s } } }), inspect(s, { depth: -1 }));
  done();
});
