// Copyright 2026 The duplex authors. MIT license.

const c=require('crypto');for(const n of ['md5','sha1','sha256','SHA512']) console.log(c.createHash(n).update('a').update(Buffer.from('b')).digest('hex'),c.createHmac(n,'k').update('x').digest('base64'));
const h=c.createHash('sha1').update('x');console.log(h.copy().digest('hex')===h.digest('hex'));try{h.update('x')}catch(e){console.log(e.code,e.message)}try{c.createHash('zz')}catch(e){console.log(e.message)}
console.log(c.randomBytes(5).length,/^[0-9a-f-]{36}$/.test(c.randomUUID()),c.randomInt(3)<3,c.timingSafeEqual(Buffer.from('a'),Buffer.from('a')));try{c.timingSafeEqual(Buffer.from('a'),Buffer.from('ab'))}catch(e){console.log(e.code,e.message)}try{c.randomInt(5,5)}catch(e){console.log(e.message)}
