// mqtt with aedes: qualities of service, retained messages, a will, and many messages.
const { once } = require('events');
const net = require('net');
const aedes = require('aedes');
const mqtt = require('mqtt');

(async () => {
  const broker = aedes();
  const server = net.createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mqtt://127.0.0.1:${server.address().port}`;
  const listener = await mqtt.connectAsync(url, { clientId: 'listener' });
  const heard = [];
  listener.on('message', (topic, message, packet) => heard.push([topic, `${message}`, packet.qos, packet.retain]));
  console.log(await listener.subscribeAsync({ 'room/+': { qos: 2 }, 'left/#': { qos: 1 } }));

  const speaker = await mqtt.connectAsync(url, {
    clientId: 'speaker', will: { topic: 'left/speaker', payload: 'without a word', qos: 1 },
  });
  for (const qos of [0, 1, 2]) await speaker.publishAsync('room/a', `quality ${qos} 你好`, { qos });
  while (heard.length < 3) await once(listener, 'message');
  await speaker.publishAsync('kept', 'for those who come later', { qos: 1, retain: true });
  await Promise.all(Array.from({ length: 200 }, (_, i) => speaker.publishAsync('room/many', `${i}`, { qos: 1 })));
  while (heard.length < 203) await once(listener, 'message');
  speaker.stream.destroy(); // the broker publishes the will
  speaker.end(true);
  while (heard.length < 204) await once(listener, 'message');
  console.log(heard.slice(0, 3), heard.slice(3, 203).every(([, text], i) => text === `${i}`), heard[203]);

  const later = await mqtt.connectAsync(url, { clientId: 'later', protocolVersion: 3, protocolId: 'MQIsdp' });
  const kept = once(later, 'message');
  await later.subscribeAsync('kept', { qos: 1 });
  const [topic, message, packet] = await kept;
  console.log(topic, `${message}`, packet.retain);
  await later.endAsync();
  await listener.endAsync();
  broker.close(() => server.close(() => console.log('closed')));
})();
