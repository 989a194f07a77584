// Copyright 2026 The duplex authors. MIT license.

// The tutorial's client. It says HelloWorld!!! and shows what comes back, as bytes
// and as text. It stays until the server ends. PORT in the environment is another
// port than the tutorial's.

const net = require('net');

const host = '127.0.0.1';
const port = Number(process.env.PORT || 6666);

const client = net.connect(port, host, () => {
  console.log(`connected to ${client.remoteAddress}:${client.remotePort}`);
});

client.on('connect', () => {
  console.log(`connect from ${client.localAddress}:${client.localPort}`);
  client.write('HelloWorld!!!', 'utf8');
});
client.on('data', (data) => {
  console.log('data', data);
  console.log('text', data.toString());
});
client.on('end', () => console.log('end'));
client.on('close', (hadError) => console.log('close', hadError));
client.on('error', (error) => console.log('error', error.message));
