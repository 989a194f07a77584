// nodemailer with smtp-server over TLS: by STARTTLS, from the first byte on, and refused.
const { once } = require('events');
const nodemailer = require('nodemailer');
const { SMTPServer } = require('smtp-server');
const { authority, server: { key, cert } } = require('../../../script/testdata/scripts/certificates');

async function go(title, serverOptions, clientOptions) {
  const server = new SMTPServer({
    key, cert, disableReverseLookup: true, authMethods: ['PLAIN'], ...serverOptions,
    onAuth: (auth, session, done) => done(null, { user: `${auth.username} secure ${session.secure}` }),
    onData: (stream, session, done) => {
      let size = 0;
      stream.on('data', (piece) => { size += piece.length; });
      stream.on('end', () => {
        console.log(session.user, size > 400_000, session.tlsOptions ? 'tls' : 'plain');
        done(null, 'taken');
      });
    },
  });
  server.on('error', (error) => console.log(title, 'server', error.code ?? error.message.split(':')[0]));
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const transport = nodemailer.createTransport({
    host: '127.0.0.1', port: server.server.address().port, auth: { user: 'ada', pass: 'secret' }, tls: { ca: authority.cert }, ...clientOptions,
  });
  try {
    const { accepted, response } = await transport.sendMail({
      from: 'ada@example.org', to: 'bob@example.org', subject: 'Grüße', text: 'text', date: new Date(0),
      attachments: [{ filename: 'a.bin', content: Buffer.alloc(300_000, 'abc') }], messageId: '<one@example.org>',
    });
    console.log(title, accepted, response);
  } catch (error) {
    console.log(title, error.code, error.message.split(':').pop().trim());
  }
  transport.close();
  await new Promise((done) => { server.close(done); });
}

(async () => {
  await go('STARTTLS', {}, { requireTLS: true });
  await go('from the first byte on', { secure: true }, { secure: true });
  await go('another authority', {}, { requireTLS: true, tls: { ca: cert } });
  await go('another authority at once', { secure: true }, { secure: true, tls: { ca: cert } });
  await go('whoever it is', { secure: true }, { secure: true, tls: { rejectUnauthorized: false } });
})();
