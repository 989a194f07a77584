// nats with a NATS server of this machine, whose port is NATS_PORT.
const { connect, StringCodec, headers, createInbox } = require('nats');

(async () => {
  const text = StringCodec();
  const client = await connect({ servers: `127.0.0.1:${process.env.NATS_PORT}`, name: 'ada' });
  const worker = client.subscribe('work.*', { queue: 'workers' });
  (async () => {
    for await (const m of worker) m.respond(text.encode(`${m.subject} ${text.decode(m.data)}`));
  })();
  console.log(text.decode((await client.request('work.a', text.encode('Grüße 你好'), { timeout: 5000 })).data));
  await client.request('nobody', undefined, { timeout: 5000 }).catch((error) => console.log(error.code));
  const heard = [];
  const room = client.subscribe('room', { max: 1000 });
  for (let i = 0; i < 1000; i++) client.publish('room', text.encode(`${i}`));
  for await (const m of room) heard.push(text.decode(m.data));
  console.log(heard.length, heard.every((t, i) => t === `${i}`));
  const h = headers();
  h.set('key', 'value');
  const one = client.subscribe('one', { max: 1 });
  client.publish('one', text.encode('x'.repeat(100_000)), { headers: h });
  for await (const m of one) console.log(m.headers.get('key'), m.data.length);
  await client.drain();
  console.log('closed', await client.closed());
})();
