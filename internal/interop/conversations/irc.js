// irc-framework with a small server of lines: registration, a channel, messages, a ping.
const net = require('net');
const { once } = require('events');
const { Client } = require('irc-framework');

let noticed;
(async () => {
  const server = net.createServer((socket) => {
    let rest = '', nick = 'nobody';
    const say = (...lines) => socket.write(lines.map((line) => `${line}\r\n`).join(''));
    socket.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop();
      for (const line of lines) {
        const [command, ...words] = line.split(' ');
        const last = line.includes(' :') ? line.slice(line.indexOf(' :') + 2) : words.at(-1);
        switch (command) {
          case 'CAP': if (words[0] === 'LS') say(':irc CAP * LS :server-time'); else if (words[0] === 'REQ') say(`:irc CAP * ACK :${last}`); break;
          case 'NICK': nick = words[0]; break;
          case 'USER': say(`:irc 001 ${nick} :Welcome`, `:irc 005 ${nick} CHANTYPES=# PREFIX=(ov)@+ :are supported`, `:irc 376 ${nick} :End`, 'PING :are you there'); break;
          case 'PONG': console.log('server: pong', last); break;
          case 'JOIN': say(`:${nick}!u@h JOIN ${words[0]}`, `:irc 353 ${nick} = ${words[0]} :@bob ${nick}`, `:irc 366 ${nick} ${words[0]} :End`); break;
          case 'PRIVMSG': console.log('server:', words[0], last); say(`:bob!b@h PRIVMSG ${words[0]} :${last} 你好 \u0002bold\u0002`, `:bob!b@h PRIVMSG ${nick} :\u0001VERSION\u0001`); break;
          case 'NOTICE': console.log('server: notice', noticed = last); break;
          case 'QUIT': say('ERROR :bye'); socket.end(); break;
        }
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client();
  client.connect({ host: '127.0.0.1', port: server.address().port, nick: 'ada', version: 'duplex', auto_reconnect: false });
  const [{ nick }] = await once(client, 'registered');
  console.log('registered', nick);
  const channel = client.channel('#room');
  channel.join();
  const [{ channel: name, users }] = await once(client, 'userlist');
  console.log(name, [...new Set(users.map((user) => user.nick))]);
  const said = once(client, 'privmsg');
  channel.say('hello');
  const [message] = await said;
  console.log(message.nick, message.target, JSON.stringify(message.message));
  while (!noticed) await new Promise((done) => setTimeout(done, 5));
  const gone = once(client, 'socket close');
  client.quit('bye');
  await gone;
  server.close(() => console.log('closed'));
})();
