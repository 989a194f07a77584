// Copyright 2026 The duplex authors. MIT license.

// The sockets of a server that were sent to other processes. The process that has the
// server asks the others by messages in Node's form: how many of them are open
// (NODE_SOCKET_GET_COUNT), and to be told when none is (NODE_SOCKET_NOTIFY_CLOSE).

'use strict';

const { codes, define } = require('internal/errors');

define('ERR_CHILD_CLOSED_BEFORE_REPLY', Error, 'Child closed before reply received');

const kLists = Symbol('lists');

// listOf returns what end, of a channel, has under a name and the key of a server. It is
// made by make if there is none.
function listOf(end, name, key, make) {
  const lists = (end[kLists] ??= new Map());
  const id = `${name} ${key}`;
  if (!lists.has(id)) lists.set(id, make());
  return lists.get(id);
}

// sent has server know that a socket of its own goes over the channel of end.
exports.sent = function (end, server) {
  const key = server._connectionKey;
  listOf(end, 'sent', key, () => {
    const list = {
      getConnections(callback) {
        ask(end, key, 'NODE_SOCKET_GET_COUNT', 'NODE_SOCKET_COUNT', (error, reply) => callback(error, reply?.count));
      },
      close(callback) {
        ask(end, key, 'NODE_SOCKET_NOTIFY_CLOSE', 'NODE_SOCKET_ALL_CLOSED', callback);
      },
    };
    server._setupWorker(list);
    end.once('exit', () => {
      server._workers = server._workers.filter((other) => other !== list);
    });
    return list;
  });
  return key;
};

// ask sends a question about the server with the key, and waits for the answer.
function ask(end, key, cmd, reply, callback) {
  function done(error, message) {
    end.removeListener('internalMessage', arrived);
    end.removeListener('disconnect', closed);
    callback(error, message);
  }
  const closed = () => done(new codes.ERR_CHILD_CLOSED_BEFORE_REPLY());
  const arrived = (message) => {
    if (message.cmd === reply && message.key === key) done(null, message);
  };
  if (!end.connected) {
    callback(new codes.ERR_CHILD_CLOSED_BEFORE_REPLY());
    return;
  }
  end.once('disconnect', closed);
  end.on('internalMessage', arrived);
  end._send({ cmd, key }, undefined, { swallowErrors: true });
}

// received counts a socket that has come over the channel of end, and answers about it.
exports.received = function (end, key, socket) {
  const list = listOf(end, 'received', key, () => {
    const made = { open: 0, told: true };
    const tell = (message) => {
      if (end.connected) end._send({ ...message, key }, undefined, { swallowErrors: true });
    };
    made.empty = () => {
      if (made.open > 0 || made.told) return;
      made.told = true;
      tell({ cmd: 'NODE_SOCKET_ALL_CLOSED' });
    };
    end.on('internalMessage', (message) => {
      if (message.key !== key) return;
      if (message.cmd === 'NODE_SOCKET_GET_COUNT') {
        tell({ cmd: 'NODE_SOCKET_COUNT', count: made.open });
      } else if (message.cmd === 'NODE_SOCKET_NOTIFY_CLOSE') {
        made.told = false;
        made.empty();
      }
    });
    return made;
  });
  list.open++;
  socket.once('close', () => {
    list.open--;
    list.empty();
  });
};
