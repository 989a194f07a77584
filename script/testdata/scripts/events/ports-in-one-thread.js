// Copyright 2026 The duplex authors. MIT license.

'use strict';

const worker = require('worker_threads');
const { MessageChannel, MessagePort, BroadcastChannel, receiveMessageOnPort } = worker;

console.log(MessageChannel === globalThis.MessageChannel, MessagePort === globalThis.MessagePort, BroadcastChannel === globalThis.BroadcastChannel);
for (const wrong of [() => new MessagePort(), () => MessageChannel(), () => receiveMessageOnPort(5), () => new MessageChannel().port1.postMessage(),
  () => new MessageChannel().port1.postMessage(() => {})]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const { port1, port2 } = new MessageChannel();
console.log(Object.keys(new MessageChannel()), port1 instanceof EventTarget, port1 instanceof MessagePort);
const sent = { a: [1, { b: 2 }] };
port1.postMessage(sent);
sent.a = 'changed';
console.log(receiveMessageOnPort(port2), receiveMessageOnPort(port2));
port2.on('message', (message) => console.log('on', message));
port2.addEventListener('message', (event) => console.log(event.type, event.data, event instanceof MessageEvent, event.target === port2));
port1.postMessage('x');
port1.postMessage(new Date(0));
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('job'));
port2.once('close', () => {
  console.log('2 closes');
  others();
});
port1.on('close', () => console.log('1 closes'));
setTimeout(() => {
  port1.close();
  port1.postMessage('after');
}, 20);
function others() {
  const other = new MessageChannel();
  other.port1.onmessage = ({ data, ports, source, origin, lastEventId }) => {
    console.log(data, ports, source, origin, lastEventId);
    other.port1.close();
    const [one, two, stranger] = [new BroadcastChannel('n'), new BroadcastChannel('n'), new BroadcastChannel('other')];
    one.onmessage = stranger.onmessage = () => console.log('never');
    two.onmessage = (event) => {
      console.log(event.data, one.name);
      for (const channel of [one, two, stranger]) channel.close();
    };
    one.postMessage({ x: 1 });
  };
  other.port2.postMessage(1);
}
const { port1: from, port2: to } = new MessageChannel();
const buffer = new ArrayBuffer(4);
from.postMessage(buffer, [buffer]);
console.log(buffer.byteLength, receiveMessageOnPort(to));
