// pg over TLS, which it asks for on a plain connection: a server of the script's answers, and
// stands before a PostgreSQL of this machine, whose port is POSTGRES_PORT.
const { once } = require('events');
const net = require('net');
const tls = require('tls');
const { Client } = require('pg');
const { authority, server: own } = require('../../../script/testdata/scripts/certificates');

(async () => {
  const front = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      console.log('asks for TLS', request.toString('hex'));
      socket.pause();
      socket.write('S');
      const secure = new tls.TLSSocket(socket, { isServer: true, ...own });
      const postgres = net.connect(Number(process.env.POSTGRES_PORT), '127.0.0.1');
      postgres.on('error', () => secure.destroy());
      secure.on('error', () => postgres.destroy());
      secure.pipe(postgres).pipe(secure);
    });
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const at = { host: '127.0.0.1', port: front.address().port, database: 'postgres', user: 'ada', password: 'secret' };
  const client = new Client({ ...at, ssl: { ca: authority.cert, servername: 'localhost' } });
  await client.connect();
  console.log(client.connection.stream.encrypted, client.connection.stream.authorized);
  console.log((await client.query('SELECT $1::text AS text', ['Grüße 你好'])).rows);
  const big = await client.query("SELECT i, repeat('x', 100) AS x FROM generate_series(1, 20000) AS i");
  console.log(big.rowCount, big.rows.at(-1).i, big.rows.every((row) => row.x.length === 100));
  await client.end();
  await new Client({ ...at, ssl: { ca: own.cert } }).connect().catch((error) => console.log(error.code));
  front.close(() => console.log('closed'));
})();
