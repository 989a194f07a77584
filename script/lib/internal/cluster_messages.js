// Copyright 2026 The duplex authors. MIT license.

// What the processes of a cluster tell each other beside the script's messages:
// questions, with handles and with answers.

'use strict';

const cmd = 'NODE_CLUSTER';

// talk returns tell(message, handle, answered), and calls hear(message, handle,
// answer) for what target's other side tells.
module.exports = function talk(target, hear) {
  let asked = 0;
  const waiting = new Map(); // answered, by number

  function send(message, handle) {
    if (target.connected) target._send({ cmd, ...message }, handle, { swallowErrors: true });
  }

  target.on('internalMessage', (message, handle) => {
    if (message.cmd !== cmd) return;
    const { ack, seq } = message;
    if (ack === undefined) {
      hear(message, handle, (answer) => send({ ack: seq, ...answer }));
      return;
    }
    const answered = waiting.get(ack);
    waiting.delete(ack);
    if (answered) answered(message, handle);
  });

  return function tell(message, handle, answered) {
    const seq = ++asked;
    if (answered) waiting.set(seq, answered);
    send({ ...message, seq }, handle);
  };
};
