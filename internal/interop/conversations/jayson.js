// jayson: JSON-RPC over TCP, with errors, notifications and batches.
const { once } = require('events');
const jayson = require('jayson');

(async () => {
  const server = new jayson.Server({
    add: ([a, b], done) => done(null, a + b),
    later: ([text], done) => setTimeout(() => done(null, text.split('').reverse().join('')), 5),
    fail: (args, done) => done({ code: -1, message: 'as asked', data: { args } }),
  }).tcp();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = jayson.Client.tcp({ port: server.address().port, host: '127.0.0.1' });
  const ask = (...args) => new Promise((done) => client.request(...args, (error, reply) => {
    if (error) return done(error.message);
    for (const one of [].concat(reply ?? [])) delete one.id;
    done(reply);
  }));
  console.log(await ask('add', [1, 2]));
  console.log(await ask('later', ['你好 world']));
  console.log(await ask('fail', ['x']), await ask('nothing', []));
  console.log(await ask('add', [1, 2], null));
  console.log(await ask([client.request('add', [3, 4]), client.request('later', ['ab']), client.request('nothing', [])]));
  const many = await Promise.all(Array.from({ length: 50 }, (_, i) => ask('add', [i, i])));
  console.log(many.every((reply, i) => reply.result === 2 * i));
  server.close(() => console.log('closed'));
})();
