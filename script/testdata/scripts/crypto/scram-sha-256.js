// A login as PostgreSQL has it, with the messages of RFC 7677: by crypto, and by the web's.
const crypto = require('crypto');
const { subtle } = crypto.webcrypto;

const password = 'pencil';
const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const first = 'n=user,r=rOprNGfwEbeRWgbNEkqO';
const server = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const last = 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const message = [first, server, last].join();

function classic() {
  const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
  const salted = crypto.pbkdf2Sync(password, salt, 4096, 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(crypto.createHash('sha256').update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]));
  return [proof, hmac(hmac(salted, 'Server Key'), message)];
}

async function web() {
  const hmac = async (key, text) =>
    subtle.sign('HMAC', await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']), Buffer.from(text));
  const imported = await subtle.importKey('raw', Buffer.from(password), 'PBKDF2', false, ['deriveBits']);
  const salted = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 4096 }, imported, 256);
  const clientKey = Buffer.from(await hmac(salted, 'Client Key'));
  const signature = Buffer.from(await hmac(await subtle.digest('SHA-256', clientKey), message));
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]));
  return [proof, Buffer.from(await hmac(await hmac(salted, 'Server Key'), message))];
}

(async () => {
  for (const [proof, signature] of [classic(), await web()]) console.log(proof.toString('base64'), signature.toString('base64'));
})();
