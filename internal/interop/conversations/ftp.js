// basic-ftp with ftp-srv: a login, folders, both directions, passive connections.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Readable, Writable } = require('stream');
const { Client } = require('basic-ftp');
const { FtpSrv } = require('ftp-srv');

(async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-ftp-'));
  const quiet = { child: () => quiet };
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) quiet[level] = () => {};
  const server = new FtpSrv({ url: 'ftp://127.0.0.1:0', pasv_url: '127.0.0.1', anonymous: false, log: quiet, greeting: ['one', 'two'] });
  server.on('login', ({ username, password }, accept, refuse) => {
    if (password === 'secret') accept({ root });
    else refuse(new Error(`not ${username}`));
  });
  await server.listen();
  const port = server.server.address().port;
  const client = new Client(10_000);
  try {
    await client.access({ host: '127.0.0.1', port, user: 'ada', password: 'guess' });
  } catch (error) {
    console.log(error.name, error.code);
  }
  console.log((await client.access({ host: '127.0.0.1', port, user: 'ada', password: 'secret' })).code);
  await client.ensureDir('deep/er');
  const sent = Buffer.alloc(300_000, 'the same again and again ');
  console.log((await client.uploadFrom(Readable.from([sent.subarray(0, 1000), sent.subarray(1000)]), 'file.bin')).code);
  await client.rename('file.bin', 'other.bin');
  console.log((await client.list()).map((entry) => [entry.name, entry.size, entry.isFile]), await client.size('other.bin'));
  const got = [];
  await client.downloadTo(new Writable({ write(piece, _, done) { got.push(piece); done(); } }), 'other.bin');
  console.log(Buffer.concat(got).equals(sent), await client.pwd());
  try {
    await client.downloadTo(new Writable({ write(piece, _, done) { done(); } }), 'nothing');
  } catch (error) {
    console.log(error.name, error.code);
  }
  await client.remove('other.bin');
  await client.cd('/');
  await client.removeDir('deep');
  console.log(await client.list());
  client.close();
  await server.close();
  fs.rmdirSync(root);
  console.log('closed');
})();
