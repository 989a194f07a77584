'use strict';
const tls = require('tls');
const wrap = require('_tls_wrap');
const common = require('_tls_common');

for (const [name, value] of Object.entries(tls)) {
  if (name !== 'rootCertificates') console.log(name, typeof value === 'function' ? `${value.name}(${value.length})` : value);
}
console.log(Object.getOwnPropertyNames(tls.TLSSocket.prototype).filter((name) => !/^_(write|final|destroy$|writeGeneric)/.test(name)));
console.log(Object.getOwnPropertyNames(tls.Server.prototype));
console.log(Object.keys(wrap), Object.keys(common), wrap.TLSSocket === tls.TLSSocket, common.SecureContext === tls.SecureContext);
const out = {};
tls.convertALPNProtocols(['h2', 'http/1.1'], out);
console.log(out);
console.log(tls.getCiphers().includes('tls_aes_128_gcm_sha256'), tls.getCiphers() === tls.getCiphers());
