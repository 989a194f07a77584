// Every cipher, with texts of many lengths that come in pieces, and every hash.
const crypto = require('crypto');
const text = Buffer.from('The quick brown fox jumps over the lazy dog, and then over two more. ');
const names = `
  aes-128-cbc aes-192-cbc aes-256-cbc aes-128-ecb aes-192-ecb aes-256-ecb aes-128-ctr aes-192-ctr aes-256-ctr
  aes-128-ofb aes-192-ofb aes-256-ofb aes-128-cfb aes-192-cfb aes-256-cfb aes-128-cfb8 aes-256-cfb8
  aes-128-cfb1 aes-256-cfb1 aes-128-gcm aes-192-gcm aes-256-gcm aes-128-ccm aes-192-ccm aes-256-ccm chacha20
  chacha20-poly1305 des-ede3-cbc des-ede3 des-ede3-ofb des-ede3-cfb des-ede3-cfb1 des-ede3-cfb8 des-ede-cbc
  des-ede des-ede-ofb des-ede-cfb aes128 des3 id-aes256-GCM aes128-wrap aes256-wrap id-aes192-wrap
`.trim().split(/\s+/);

for (const name of names) {
  const info = crypto.getCipherInfo(name);
  const key = Buffer.from(Array.from({ length: info.keyLength }, (v, i) => 7 * i + 1));
  for (const ivLength of info.mode === 'gcm' ? [12, 1, 16, 60] : info.mode === 'ccm' ? [7, 12, 13] : [info.ivLength]) {
    const all = crypto.createHash('md5'); // of the lines for all texts
    let count = 0;
    const iv = ivLength === undefined ? null : Buffer.alloc(ivLength, info.mode === 'wrap' ? 0xa6 : 0xfe);
    for (const n of [0, 1, 7, 8, 15, 16, 17, 33, text.length]) {
      for (const tag of info.mode === 'gcm' || info.mode === 'ccm' || name === 'chacha20-poly1305' ? [4, 16] : [undefined]) {
        for (const aad of tag === undefined ? [undefined] : [undefined, Buffer.from('aad'), Buffer.alloc(300, 1)]) {
          if (info.mode === 'wrap' && (n < 16 || n % 8)) continue;
          if (info.mode === 'ccm' && n === 0) continue;
          const options = tag && { authTagLength: tag };
          const c = crypto.createCipheriv(name, key, iv, options);
          if (aad) c.setAAD(aad, { plaintextLength: n });
          const parts = [];
          const plain = text.subarray(0, n);
          if (info.mode === 'ccm' || info.mode === 'wrap') parts.push(c.update(plain));
          else for (let i = 0; i < n; i += 5) parts.push(c.update(plain.subarray(i, i + 5)));
          parts.push(c.final());
          const sealed = Buffer.concat(parts);
          const d = crypto.createDecipheriv(name, key, iv, options);
          if (tag) d.setAuthTag(c.getAuthTag());
          if (aad) d.setAAD(aad, { plaintextLength: n });
          const opened = [];
          if (info.mode === 'ccm' || info.mode === 'wrap') opened.push(d.update(sealed));
          else for (let i = 0; i < sealed.length; i += 6) opened.push(d.update(sealed.subarray(i, i + 6)));
          opened.push(d.final());
          if (!Buffer.concat(opened).equals(plain)) console.log(name, ivLength, n, tag, aad?.length, 'is not what it was');
          const lengths = [parts, opened].map((list) => list.map((p) => p.length).join());
          const line = [name, n, ...lengths, sealed.toString('hex'), tag ? c.getAuthTag().toString('hex') : ''].join(' ');
          if (n === text.length) console.log(line);
          all.update(line);
          count++;
        }
      }
    }
    console.log(name, ivLength, count, 'texts', all.digest('hex'));
  }
}

for (const name of crypto.getHashes()) {
  const h = crypto.createHash(name);
  for (const n of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 300]) h.update(Buffer.alloc(n, n));
  console.log(name, h.copy().digest('hex'), h.update('more').digest('base64'));
  if (!name.startsWith('shake')) console.log(crypto.createHmac(name, 'key').update('text').digest('hex'), crypto.createHmac(name, Buffer.alloc(300)).digest('hex'));
}
console.log(crypto.getHashes().join());
