// pg with a PostgreSQL of this machine, whose port is POSTGRES_PORT: SCRAM-SHA-256, types,
// errors, a transaction, notifications, a cursor's worth of rows.
const { once } = require('events');
const { Client, Pool } = require('pg');

(async () => {
  const at = { host: '127.0.0.1', port: Number(process.env.POSTGRES_PORT), database: 'postgres', user: 'ada' };
  await new Client({ ...at, password: 'guess' }).connect().catch((error) => console.log(error.code, error.severity));
  const client = new Client({ ...at, password: 'secret' });
  await client.connect();
  const { rows, fields } = await client.query('SELECT $1::text AS text, $2::int AS n, now() > to_timestamp(0) AS late, ARRAY[1,2] AS list, NULL AS none, $3::bytea AS bytes, $4::jsonb AS json', ['Grüße 你好', 7, Buffer.from([0, 255]), { a: [1] }]);
  console.log(rows, fields.map((field) => field.dataTypeID));
  await client.query('SELECT nonsense').catch((error) => console.log(error.code, error.message));
  await client.query('CREATE TEMP TABLE t (i int)');
  await client.query('BEGIN');
  for (let i = 0; i < 50; i++) await client.query({ name: 'insert', text: 'INSERT INTO t VALUES ($1)', values: [i] });
  await client.query('ROLLBACK');
  console.log((await client.query('SELECT count(*)::int AS n FROM t')).rows);
  const big = await client.query("SELECT i, repeat('x', 100) AS x FROM generate_series(1, 20000) AS i");
  console.log(big.rowCount, big.rows.at(-1).i, big.rows.every((row) => row.x.length === 100));
  const heard = once(client, 'notification');
  await client.query('LISTEN room');
  const pool = new Pool({ ...at, password: 'secret', max: 3 });
  console.log((await Promise.all(Array.from({ length: 20 }, (_, i) => pool.query('SELECT $1::int AS i', [i])))).map(({ rows: [{ i }] }) => i).join());
  await pool.query("NOTIFY room, 'hello'");
  console.log((([{ channel, payload }]) => [channel, payload])(await heard));
  await pool.end();
  await client.end();
  console.log('closed');
})();
