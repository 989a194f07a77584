// undici: its parser of HTTP is in WebAssembly, and its client needs no more than sockets.
// duplex-run has no server of HTTP, so this one speaks it by itself.
const { createServer } = require('net');
const { Client, Pool, request, errors } = require('undici');

const answers = {
  '/plain': 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-Twice: a\r\nX-Twice: b\r\n\r\nhello',
  '/chunked': 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n7\r\nGr\u00fc\u00dfe\r\n0\r\nX-Sum: 6\r\n\r\n',
  '/nothing': 'HTTP/1.1 204 No Content\r\n\r\n',
  '/wrong': 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
};

const server = createServer((socket) => {
  socket.setEncoding('latin1');
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (data) => {
    text += data;
    for (;;) {
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const body = text.slice(end + 4, end + 4 + length);
      text = text.slice(end + 4 + length);
      const [method, path] = head.split(' ');
      console.log('server:', method, path, body.length);
      const answer = answers[path] ?? `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      // In two parts, as the network may.
      socket.write(answer.slice(0, 20));
      setImmediate(() => socket.write(answer.slice(20)));
    }
  });
});

async function ask(client, options) {
  const { statusCode, headers, body, trailers } = await client.request({ method: 'GET', ...options });
  const text = await body.text();
  console.log(statusCode, headers, text.length > 20 ? text.length : text, trailers);
}

server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const client = new Client(url);
  for (const path of ['/plain', '/chunked', '/nothing']) await ask(client, { path });
  await ask(client, { path: '/echo', method: 'POST', body: 'text '.repeat(30000) });
  await ask(client, { path: '/wrong' }).catch((error) => console.log(error.name, error.code, error.message, error instanceof errors.HTTPParserError));
  await client.close();
  const pool = new Pool(url, { connections: 3 });
  await Promise.all(Array.from({ length: 30 }, (_, i) => pool.request({ path: '/plain', method: 'GET' }).then(({ body }) => body.text())))
    .then((texts) => console.log(texts.length, new Set(texts)));
  await pool.close();
  const { statusCode, body } = await request(`${url}/plain`, { reset: true });
  console.log(statusCode, await body.text());
  server.close(() => console.log('closed'));
});
