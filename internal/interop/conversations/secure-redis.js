// redis over TLS: a server of the script's stands before a Redis of this machine, whose port
// is REDIS_PORT.
const { once } = require('events');
const net = require('net');
const tls = require('tls');
const { createClient } = require('redis');
const { authority, server: own } = require('../../../script/testdata/scripts/certificates');

(async () => {
  const front = tls.createServer(own, (socket) => {
    const redis = net.connect(Number(process.env.REDIS_PORT), '127.0.0.1');
    redis.on('error', () => socket.destroy());
    socket.on('error', () => redis.destroy());
    socket.pipe(redis).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const client = createClient({ socket: { host: '127.0.0.1', port: front.address().port, tls: true, ca: authority.cert } });
  client.on('error', (error) => console.log('client', error.code ?? error.message));
  await client.connect();
  await client.flushAll();
  console.log(await client.ping(), await client.set('key', 'Grüße 你好'), await client.get('key'));
  const long = 'long '.repeat(400_000);
  await client.set('long', long);
  console.log((await client.get('long')) === long);
  const many = await Promise.all(Array.from({ length: 1000 }, (_, i) => client.incrBy('sum', i)));
  console.log(many.at(-1));
  await client.close();
  const stranger = createClient({ socket: { host: '127.0.0.1', port: front.address().port, tls: true, reconnectStrategy: false } });
  stranger.on('error', () => {});
  await stranger.connect().catch((error) => console.log(error.code));
  front.close(() => console.log('closed'));
})();
