// nodemailer with smtp-server: a login, recipients that are refused, attachments, dots.
const { once } = require('events');
const nodemailer = require('nodemailer');
const { SMTPServer } = require('smtp-server');

(async () => {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
    allowInsecureAuth: true,
    onAuth: (auth, session, done) => {
      const right = auth.method === 'CRAM-MD5' ? auth.validatePassword('secret') : auth.password === 'secret';
      done(right ? null : new Error('wrong password'), { user: `${auth.username} by ${auth.method}` });
    },
    onRcptTo: (address, session, done) => done(address.address.startsWith('no') ? new Error('no such user') : null),
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (piece) => { text += piece; });
      stream.on('end', () => {
        console.log(session.user, session.envelope.mailFrom.address, session.envelope.rcptTo.map((to) => to.address));
        console.log(text.split('\r\n').filter((line) => /^(Subject|\.|Content-Type: text)/.test(line)), text.length > 100_000);
        done(null, 'taken');
      });
    },
  });
  server.on('error', (error) => console.log('server', error.message));
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const port = server.server.address().port;
  for (const [authMethod, pass] of [['PLAIN', 'secret'], ['LOGIN', 'secret'], ['CRAM-MD5', 'secret'], ['PLAIN', 'guess']]) {
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true, authMethod, auth: { user: 'ada', pass } });
    try {
      const info = await transport.sendMail({
        from: 'ada@example.org', to: ['bob@example.org', 'nobody@example.org'], subject: 'Grüße 你好',
        text: 'first\n.\n.. dots\nlast', attachments: [{ filename: 'a.bin', content: Buffer.alloc(100_000, 'abc') }],
        date: new Date(0), messageId: '<one@example.org>',
      });
      console.log(info.accepted, info.rejected, info.response);
    } catch (error) {
      console.log(error.code, error.responseCode, error.response);
    }
    transport.close();
  }
  server.close(() => console.log('closed'));
})();
