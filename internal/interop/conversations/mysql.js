// mysql2 with its own server: a login, text results, an error, many queries in a row.
const { once } = require('events');
const mysql = require('mysql2');

(async () => {
  const server = mysql.createServer();
  server.on('connection', (connection) => {
    connection.on('error', (error) => console.log('server', error.code));
    connection.serverHandshake({
      protocolVersion: 10, serverVersion: '8.0.0', connectionId: 1, statusFlags: 2, characterSet: 33, capabilityFlags: 0xffffff & ~0x800,
      authCallback: ({ user }, done) => {
        done(null, user === 'ada' ? undefined : { message: 'go away', code: 1045 });
        connection.sequenceId = 0; // each query counts anew
      },
    });
    connection.on('query', (query) => {
      connection.sequenceId = 1;
      answer(query);
      connection.sequenceId = 0;
    });
    const answer = (query) => {
      if (query.startsWith('INSERT')) return connection.writeOk({ affectedRows: 2, insertId: 7 });
      if (query.startsWith('DROP')) return connection.writeError({ message: 'not here', code: 1064 });
      const column = (name, columnType) => ({ catalog: 'def', schema: 's', table: 't', orgTable: 't', name, orgName: name, characterSet: 33, columnLength: 384, columnType, flags: 0, decimals: 0 });
      connection.writeColumns([column('n', 3), column('text', 253)]);
      for (let i = 0; i < 3; i++) connection.writeTextRow([i, `${query} 你好`]);
      connection.writeEof();
    };
    connection.on('quit', () => connection.stream.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server._server, 'listening');
  const at = { host: '127.0.0.1', port: server._server.address().port };
  const client = mysql.createConnection({ ...at, user: 'ada', password: 'secret', database: 's' }).promise();
  console.log((await client.query('SELECT ?, ?', ["it's", 4]))[0]);
  console.log((({ affectedRows, insertId }) => ({ affectedRows, insertId }))((await client.query('INSERT 1'))[0]));
  await client.query('DROP it').catch((error) => console.log(error.code, error.errno, error.sqlMessage));
  const many = await Promise.all(Array.from({ length: 100 }, (_, i) => client.query(`SELECT ${i}`)));
  console.log(many.every(([rows], i) => rows[2].text === `SELECT ${i} 你好`));
  await client.end();
  await mysql.createConnection({ ...at, user: 'bob' }).promise().query('SELECT 1').catch((error) => console.log(error.code, error.message));
  server._server.close(() => console.log('closed'));
})();
