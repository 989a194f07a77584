'use strict';
const tls = require('tls');

const certificates = {
  dns: { subjectaltname: 'DNS:a.example, DNS:*.b.example, IP Address:127.0.0.1, URI:http://c.example/', subject: { CN: 'cn.example' } },
  star: { subjectaltname: 'DNS:*.example, DNS:f*o.long.example, DNS:*a*.long.example, DNS:xn--*.long.example, DNS:x.*.long.example' },
  cn: { subject: { CN: 'cn.example' } },
  cns: { subject: { CN: ['one.example', '*.two.example'] } },
  ips: { subjectaltname: 'IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.1', subject: { CN: 'localhost' } },
  quoted: { subjectaltname: 'DNS:"a.example, DNS:evil.example", DNS:fine.example' },
  broken: { subjectaltname: 'DNS:"a.example' },
  nothing: {},
  empty: { subject: {} },
};
const hosts = ['a.example', 'A.Example.', 'x.b.example', 'x.y.b.example', 'b.example', '127.0.0.1', '::1', '10.0.0.1', 'cn.example', 'one.example',
  'x.two.example', 'foo.long.example', 'fo.long.example', 'bar.long.example', 'xn--x.long.example', 'evil.example', 'fine.example', 'localhost', 1, undefined];
for (const [name, certificate] of Object.entries(certificates)) {
  for (const host of hosts) {
    try {
      const error = tls.checkServerIdentity(host, certificate);
      console.log(name, host, error === undefined ? 'fits' : `${error} | ${error.code} | ${error.reason} | ${error.host} | ${error.cert === certificate}`);
    } catch (error) {
      console.log(name, host, 'throws', error.name, error.code, error.message);
    }
  }
}
console.log(Object.keys(tls.checkServerIdentity('x', {})));
