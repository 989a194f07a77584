// basic-ftp with ftp-srv by AUTH TLS: the control connection is upgraded, and each connection
// for data is of TLS.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Readable, Writable } = require('stream');
const { Client } = require('basic-ftp');
const { FtpSrv } = require('ftp-srv');
const { authority, server: own } = require('../../../script/testdata/scripts/certificates');

(async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-ftp-'));
  const quiet = { child: () => quiet };
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) quiet[level] = () => {};
  const server = new FtpSrv({ url: 'ftp://127.0.0.1:0', pasv_url: '127.0.0.1', anonymous: false, log: quiet, tls: own });
  server.on('login', ({ username, password }, accept) => accept({ root }));
  await server.listen();
  const client = new Client(10_000);
  const secureOptions = { ca: authority.cert };
  const { code } = await client.access({
    host: '127.0.0.1', port: server.server.address().port, user: 'ada', password: 'secret', secure: true, secureOptions,
  });
  console.log(code, client.ftp.socket.encrypted, client.ftp.socket.authorized);
  const sent = Buffer.alloc(300_000, 'the same again and again ');
  console.log((await client.uploadFrom(Readable.from([sent.subarray(0, 1000), sent.subarray(1000)]), 'file.bin')).code);
  console.log((await client.list()).map((entry) => [entry.name, entry.size, entry.isFile]));
  const got = [];
  await client.downloadTo(new Writable({ write(piece, _, done) { got.push(piece); done(); } }), 'file.bin');
  console.log(Buffer.concat(got).equals(sent));
  await client.remove('file.bin');
  client.close();
  await server.close();
  fs.rmdirSync(root);
  console.log('closed');
})();
