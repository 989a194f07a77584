// Copyright 2026 The duplex authors. MIT license.

// Stands between clients and a server, passes every byte on, and counts them.
//
//	duplex-run proxy.js PORT TARGET-PORT [TARGET-HOST]

'use strict';

const net = require('net');
const { pipeline } = require('stream');

const [port = 6669, targetPort = 6666, targetHost = '127.0.0.1'] = process.argv.slice(2);

const proxy = net.createServer({ allowHalfOpen: true }, (client) => {
  const target = net.connect({ port: targetPort, host: targetHost, allowHalfOpen: true });

  // Two pipes, one for each direction. A pipe holds back whoever sends faster than
  // the other side reads, and passes the end on; an error ends both.
  let open = 2;
  const done = (error) => {
    if (error) {
      console.log('error', error.code);
      client.destroy();
      target.destroy();
    }
    if (--open === 0) console.log(`there ${client.bytesRead}, back ${target.bytesRead}`);
  };
  pipeline(client, target, done);
  pipeline(target, client, done);
});
proxy.listen(Number(port), '127.0.0.1', () => console.log('listening', proxy.address().port));
