// stompit with its own server: connect, send, subscribe, acknowledge, an error.
const { once } = require('events');
const net = require('net');
const stompit = require('stompit');
const Server = require('stompit/lib/Server');

(async () => {
  const subscribers = [];
  const listener = net.createServer((socket) => {
    const server = new Server(socket, { heartbeat: [0, 0] });
    server.on('error', (error) => console.log('server', error.message));
    server._subscribe = (frame, before) => {
      subscribers.push([server, frame.headers.id]);
      before();
    };
    server._unsubscribe = server._nack = (frame, before) => before();
    server._disconnect = (frame, before) => before(null, () => {});
    server._ack = (frame, before) => {
      console.log('ack', frame.headers['message-id']);
      before();
    };
    server._send = (frame, before) => {
      let text = '';
      frame.setEncoding('utf8');
      frame.on('data', (piece) => { text += piece; });
      frame.on('end', () => {
        before();
        for (const [to, subscription] of subscribers) {
          const out = to.sendFrame('MESSAGE', { subscription, 'message-id': '1', destination: frame.headers.destination });
          out.end(text);
        }
      });
    };
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = await new Promise((done, fail) => stompit.connect({
    host: '127.0.0.1', port: listener.address().port, connectHeaders: { host: '/', login: 'ada', passcode: 'secret', 'heart-beat': '0,0' },
  }, (error, client) => (error ? fail(error) : done(client))));
  const heard = new Promise((done) => client.subscribe({ destination: '/queue/a', ack: 'client-individual' }, (error, message) => {
    if (error) return done(error);
    message.readString('utf-8', (error, text) => {
      console.log(message.headers.destination, error, text);
      client.ack(message);
      done();
    });
  }));
  const frame = client.send({ destination: '/queue/a', 'content-type': 'text/plain' });
  frame.write('Grüße\n');
  frame.end('你好');
  await heard;
  client.disconnect((error) => {
    console.log('disconnected', error);
    listener.close(() => console.log('closed'));
  });
})();
