// Copyright 2026 The duplex authors. MIT license.

// order.js plays ends of a scenario with Node's net, for order_test.go. Every
// line of stdin is a command, every line of stdout an event or the answer to
// the command; all are JSON:
//
//	{"end":"client","verbs":[{"verb":"write","text":[["aGVsbG8=",1]]}]}
//	{"end":"socket","on":"data","verbs":[{"verb":"end"}]}   whenever that happens
//	{"forget":true}                                         end all, in silence
//
//	{"end":"client","event":"data","text":[["aGVsbG8=",1]]}
//	{"done":true}
//
// Text is a list of bytes in base64, each with the number of its repetitions.
'use strict';
const net = require('net');

const ends = new Map();      // servers and sockets, by name
const reactions = new Map(); // verbs, by end and event
let accepted = 0;

function say(line) {
  process.stdout.write(JSON.stringify(line) + '\n');
}

function tell(end, event, details) {
  say({ end, event, ...details });
  act(end, reactions.get(`${end} ${event}`) || []);
}

function act(end, list) {
  for (const v of list) verbs[v.verb](ends.get(end), v, end);
}

const verbs = {
  listen(server, v, end) {
    if (!server) {
      server = net.createServer(v.options);
      if (v.options.maxConnections) server.maxConnections = v.options.maxConnections;
      ends.set(end, server);
      server.on('listening', () => tell(end, 'listening', { port: server.address().port }));
      server.on('connection', (socket) => {
        accepted++;
        adopt(accepted === 1 ? 'socket' : `socket${accepted}`, socket, 'connection');
      });
      server.on('drop', () => tell(end, 'drop'));
      server.on('error', (err) => tell(end, 'error', failure(err)));
      server.on('close', () => tell(end, 'close'));
    }
    try {
      server.listen(v.path ? { path: v.path } : { host: v.host, port: v.port });
    } catch (err) {
      tell(end, 'error', failure(err));
    }
  },

  connect(_, v, end) {
    const where = v.path ? { path: v.path } : { host: v.host, port: v.port, lookup };
    adopt(end, net.connect({ ...v.options, ...where }));
  },

  write(socket, v, end) {
    const callback = v.options.callback &&
      ((err) => tell(end, err ? 'unwritten' : 'written', { text: v.text }));
    socket.write(bytes(v.text), callback);
    if (socket.writableNeedDrain) tell(end, 'full');
  },

  end(socket, v) {
    if (v.text) socket.end(bytes(v.text));
    else socket.end();
  },

  destroy(socket, v) {
    socket.destroy(v.text && new Error(bytes(v.text).toString()));
  },

  reset(socket) { socket.resetAndDestroy(); },
  pause(socket) { socket.pause(); },
  resume(socket) { socket.resume(); },
  cork(socket) { socket.cork(); },
  uncork(socket) { socket.uncork(); },
  close(server) { server.close(); },
  setEncoding(socket, v) { socket.setEncoding(v.word); },
  setTimeout(socket, v) { socket.setTimeout(Number(v.word)); },

  address(of, v, end) {
    const known = ({ address, port }) => (address === undefined ? 'none' : `${address}:${port}`);
    if (of instanceof net.Server) {
      const address = of.address();
      tell(end, 'address', { local: typeof address === 'string' ? address : known(address || {}) });
      return;
    }
    tell(end, 'address', {
      local: known(of.address()),
      remote: known({ address: of.remoteAddress, port: of.remotePort }),
    });
  },

  count(server, v, end) {
    server.getConnections((err, count) => tell(end, 'count', { count }));
  },

  state(socket, v, end) {
    tell(end, 'state', {
      state: socket.readyState,
      in: socket.bytesRead,
      out: socket.bytesWritten,
      waiting: socket.writableLength,
      paused: socket.isPaused(),
    });
  },
};

// adopt names a socket and tells what it tells.
function adopt(end, socket, first) {
  ends.set(end, socket);
  for (const event of ['end', 'drain', 'finish', 'timeout']) {
    socket.on(event, () => tell(end, event));
  }
  socket.on('connect', () => tell(end, 'connect', { port: socket.localPort }));
  socket.on('data', (chunk) => tell(end, 'data', { text: text(chunk) }));
  socket.on('error', (err) => tell(end, 'error', failure(err)));
  socket.on('close', (hadError) => {
    tell(end, 'close', { hadError, in: socket.bytesRead, out: socket.bytesWritten });
  });
  if (first) tell(end, first);
}

// lookup knows no host, and asks no network to find that out.
function lookup(hostname, options, answer) {
  if (hostname === 'silence.invalid') return;
  const err = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  Object.assign(err, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });
  process.nextTick(answer, err);
}

function failure(err) {
  return { code: err.code, message: err.message };
}

function bytes(text = []) {
  return Buffer.concat(text.map(([digits, times]) => {
    const once = Buffer.from(digits, 'base64');
    return Buffer.alloc(once.length * times, once);
  }));
}

function text(chunk) {
  chunk = Buffer.from(chunk);
  if (chunk.length > 64 && chunk.equals(Buffer.alloc(chunk.length, chunk[0]))) {
    return [[chunk.toString('base64', 0, 1), chunk.length]];
  }
  return [[chunk.toString('base64'), 1]];
}

function forget() {
  for (const end of ends.values()) {
    end.removeAllListeners();
    end.on('error', () => {});
    if (end instanceof net.Server) end.close();
    else end.destroy();
  }
  ends.clear();
  reactions.clear();
  accepted = 0;
}

const commands = require('readline').createInterface({ input: process.stdin });

commands.on('line', (line) => {
  const command = JSON.parse(line);
  if (command.on) reactions.set(`${command.end} ${command.on}`, command.verbs);
  else if (command.end) act(command.end, command.verbs || []);
  else if (command.forget) forget();
  // Twice, since a callback may have left something to the next turn.
  setImmediate(() => setImmediate(say, { done: true }));
});

commands.on('close', () => process.exit());
