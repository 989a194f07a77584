// ws: duplex-run has no HTTP, so this shows that the package loads and where it stops.
const WebSocket = require('ws');

console.log(typeof WebSocket, typeof WebSocket.WebSocketServer, WebSocket.OPEN, Object.keys(WebSocket).sort().join());
const receiver = new WebSocket.Receiver({ isServer: true });
receiver.on('message', (data, binary) => console.log('message', `${data}`, binary));
receiver.on('conclude', (code, reason) => console.log('conclude', code, `${reason}`));
const mask = Buffer.from([1, 2, 3, 4]);
const frame = (first, text) => {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([first, 0x80 | body.length]), mask, body.map((b, i) => b ^ mask[i % 4])]);
};
receiver.write(frame(0x01, 'Grüße '));
receiver.write(frame(0x80, '你好'));
receiver.write(Buffer.concat([frame(0x82, 'bytes'), frame(0x88, Buffer.from('\x03\xe8bye', 'latin1'))]));
receiver.end();
