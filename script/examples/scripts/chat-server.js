// Copyright 2026 The duplex authors. MIT license.

// A room: what one says, the others hear. The first line is one's name.
//
//	duplex-run chat-server.js [PORT]
//	duplex connect 6667 --as raw

'use strict';

const net = require('net');
const readline = require('readline');

const clients = new Set();
const room = new Map(); // socket → name, once it has told one

function tell(text, except) {
  for (const socket of room.keys()) {
    if (socket !== except && socket.writable) socket.write(`${text}\n`);
  }
}

async function listen(socket) {
  for await (const line of readline.createInterface({ input: socket })) {
    const name = room.get(socket);
    if (name !== undefined) {
      tell(`${name}: ${line}`, socket);
    } else {
      room.set(socket, line);
      tell(`* ${line} is here, ${room.size} in the room`);
    }
  }
}

const server = net.createServer((socket) => {
  clients.add(socket);
  socket.write('your name?\n');
  listen(socket).catch(() => {}); // who breaks off has left as well: see 'close'
  socket.on('error', () => {});
  socket.on('close', () => {
    clients.delete(socket);
    const name = room.get(socket);
    if (room.delete(socket)) tell(`* ${name} has left`);
  });
});

server.listen(Number(process.argv[2] ?? 6667), '127.0.0.1', () => {
  console.log('listening', server.address().port);
});

// Ctrl-C ends the room and not just the process: everybody hears of it.
process.once('SIGINT', () => {
  tell('* the room closes');
  for (const socket of clients) socket.end();
  server.close(() => console.log('closed'));
});
