// ssh2: its cipher is in WebAssembly; a server and a client, over each of its ciphers that need it.
const { generateKeyPairSync } = require('crypto');
const { Client, Server } = require('ssh2');

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;

const server = new Server({ hostKeys: [key] }, (client) => {
  client.on('authentication', (context) => {
    console.log('server: authentication', context.method, context.username);
    if (context.method === 'password' && context.password === 'secret') context.accept();
    else context.reject(['password']);
  });
  client.on('handshake', ({ cs, sc }) => console.log('server: handshake', cs.cipher, sc.cipher));
  client.on('ready', () => {
    client.on('session', (accept) => {
      accept().on('exec', (accept, reject, { command }) => {
        console.log('server: exec', command);
        const stream = accept();
        const chunks = [];
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('end', () => {
          const input = Buffer.concat(chunks);
          stream.stderr.write(`${input.length} bytes\n`);
          stream.write(input.reverse());
          stream.exit(7);
          stream.end();
        });
      });
    });
  });
  client.on('error', (error) => console.log('server: error', error.message));
  client.on('close', () => left());
});
let left; // called when the server's end of a conversation has closed

function talk(cipher) {
  const closed = new Promise((resolve) => { left = resolve; });
  return new Promise((resolve) => {
    const client = new Client();
    const says = (...words) => console.log('client:', ...words);
    client.on('ready', () => {
      says('ready');
      client.exec('reverse', (error, stream) => {
        if (error) throw error;
        let text = '';
        stream.on('exit', (code) => says('exit', code));
        stream.on('close', () => {
          says(text.length, text.slice(0, 20));
          client.end();
        });
        stream.on('data', (data) => { text += data; });
        stream.stderr.on('data', (data) => says('stderr', `${data}`));
        stream.end(`${'0123456789'.repeat(20000)}the end`);
      });
    });
    client.on('error', (error) => says('error', error.level, error.message));
    client.on('close', async () => {
      await closed;
      says('both ends have closed');
      resolve();
    });
    client.connect({
      host: '127.0.0.1',
      port: server.address().port,
      username: 'someone',
      password: cipher === undefined ? 'wrong' : 'secret',
      algorithms: cipher && { cipher: [cipher] },
    });
  });
}

server.listen(0, '127.0.0.1', async () => {
  for (const cipher of ['chacha20-poly1305@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', undefined]) await talk(cipher);
  server.close(() => console.log('server: closed'));
});
