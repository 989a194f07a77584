// Each event is told in the context in which its cause was made, as Node has it: a
// server's client has none. The server's side is a list of its own: which end is told
// first is not the matter here.
const { AsyncLocalStorage } = require('async_hooks');
const { execFile, spawn } = require('child_process');
const dns = require('dns');
const { once } = require('events');
const fs = require('fs');
const net = require('net');
const { tell } = require('../sides');

const store = new AsyncLocalStorage();
const say = (what, side = 'script') => tell(side, what, store.getStore());
const within = (name, f) => store.run(name, () => new Promise(f));

store.enterWith('the script');
setTimeout(() => say('timer', 'timer'), 1);
(async () => {
  const server = store.run('server', () => net.createServer((socket) => {
    say('connection', 'server');
    socket.on('data', () => say('data', 'server')).on('end', () => {
      say('end', 'server');
      socket.end();
    }).on('close', () => say('close', 'server'));
  }).listen(0, '127.0.0.1'));
  await once(server, 'listening');
  say('listening');
  const client = store.run('client', () => net.connect(server.address().port, '127.0.0.1'));
  client.on('connect', () => say('connect')).on('end', () => say('client end')).on('close', () => say('client close')).resume();
  await once(client, 'connect');
  say('connected');
  await within('write', (done) => client.write('x', () => done(say('written'))));
  store.run('end', () => client.end(() => say('ended')));
  await once(client, 'close');
  await within('close', (done) => server.close(() => done(say('server closed'))));
  await within('refused', (done) => {
    net.connect({ path: '/nope' }).on('error', (error) => say(error.code)).on('close', () => done(say('closed')));
  });
  await within('spawn', (done) => {
    const child = spawn('echo', ['a']);
    child.stdout.on('data', () => say('data', 'stdout'));
    child.on('exit', () => say('exit')).on('close', () => done(say('child closed')));
  });
  await within('execFile', (done) => execFile('true', () => done(say('execFile'))));
  await within('stream', (done) => {
    fs.createReadStream(__filename).on('data', () => say('file data')).on('close', () => done(say('file closed')));
  });
  await within('file', (done) => fs.readFile(__filename, () => done(say('readFile'))));
  await within('promise', async (done) => {
    await fs.promises.stat(__filename);
    done(say('stat'));
  });
  await within('dns', (done) => dns.lookup('localhost', () => done(say('lookup'))));
  say('at last');
})();
