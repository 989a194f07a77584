// redis with a Redis of this machine, whose port is REDIS_PORT.
const { createClient } = require('redis');

(async () => {
  const client = createClient({ socket: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) } });
  client.on('error', (error) => console.log('client', error.code ?? error.message));
  await client.connect();
  await client.flushAll();
  console.log(await client.ping(), await client.set('key', 'Grüße 你好'), await client.get('key'), await client.get('nothing'));
  console.log(await client.hSet('hash', { a: '1', b: '2' }), await client.hGetAll('hash'));
  console.log(await client.multi().incr('n').incr('n').lRange('nothing', 0, -1).exec());
  await client.lPush('key', 'x').catch((error) => console.log(error.message));
  const long = 'long '.repeat(100_000);
  await client.set('long', long);
  console.log((await client.get('long')) === long);
  const many = await Promise.all(Array.from({ length: 1000 }, (_, i) => client.incrBy('sum', i)));
  console.log(many.at(-1));
  const listener = client.duplicate();
  await listener.connect();
  const heard = new Promise((done) => { listener.subscribe('room', (message, channel) => done([channel, message])).then(() => client.publish('room', 'hello')); });
  console.log(await heard);
  await listener.unsubscribe('room');
  await listener.close();
  await client.close();
  console.log('closed');
})();
