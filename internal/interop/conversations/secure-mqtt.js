// mqtt with aedes over TLS, with a client's certificate.
const { once } = require('events');
const tls = require('tls');
const aedes = require('aedes');
const mqtt = require('mqtt');
const { authority, server: own, client } = require('../../../script/testdata/scripts/certificates');

(async () => {
  const broker = aedes();
  const server = tls.createServer({ ...own, ca: authority.cert, requestCert: true }, (socket) => {
    console.log('client', socket.authorized, socket.getPeerCertificate().subject.CN);
    broker.handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mqtts://127.0.0.1:${server.address().port}`;
  const options = { ca: authority.cert, ...client, rejectUnauthorized: true };
  const listener = await mqtt.connectAsync(url, { ...options, clientId: 'listener' });
  const heard = [];
  listener.on('message', (topic, message, packet) => heard.push([topic, `${message}`, packet.qos]));
  console.log(await listener.subscribeAsync('room/+', { qos: 2 }));
  const speaker = await mqtt.connectAsync(url, { ...options, clientId: 'speaker' });
  for (const qos of [0, 1, 2]) await speaker.publishAsync('room/a', `quality ${qos} 你好`, { qos });
  while (heard.length < 3) await once(listener, 'message');
  await speaker.publishAsync('room/long', 'x'.repeat(500_000), { qos: 1 });
  while (heard.length < 4) await once(listener, 'message');
  console.log(heard.slice(0, 3), heard[3][1].length);
  await speaker.endAsync();
  await listener.endAsync();
  broker.close(() => server.close(() => console.log('closed')));
})();
