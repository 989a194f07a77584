// Certificates: what they say, and which belong together.
const { X509Certificate, createPrivateKey } = require('crypto');

const authority = `-----BEGIN CERTIFICATE-----
MIIDXDCCAwKgAwIBAgIUGwddbm0+Sc2EkYG4Ye9XHShmm48wCgYIKoZIzj0EAwIw
gZkxCzAJBgNVBAYTAkRFMQ8wDQYDVQQIDAZCZXJsaW4xDzANBgNVBAcMBkJlcmxp
bjEeMBwGA1UECgwVQW4gT3JnYW5pemF0aW9uLCBJbmMuMRQwEgYDVQQLDAtVbml0
ICsgTW9yZTEUMBIGA1UEAwwLZXhhbXBsZS5vcmcxHDAaBgkqhkiG9w0BCQEWDWFA
ZXhhbXBsZS5vcmcwHhcNMjYxMTI5MTUyMTM1WhcNMzYxMTI2MTUyMTM1WjCBmTEL
MAkGA1UEBhMCREUxDzANBgNVBAgMBkJlcmxpbjEPMA0GA1UEBwwGQmVybGluMR4w
HAYDVQQKDBVBbiBPcmdhbml6YXRpb24sIEluYy4xFDASBgNVBAsMC1VuaXQgKyBN
b3JlMRQwEgYDVQQDDAtleGFtcGxlLm9yZzEcMBoGCSqGSIb3DQEJARYNYUBleGFt
cGxlLm9yZzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGHmHjHZ/viG3wwOYx/R
HnWSYhsfZcTL8xSrQHYb2tPAiuL3oiTjovZWKImj8FOvKcPp5n6oAAP+oZFkUQX6
CS+jggEkMIIBIDBiBgNVHREEWzBZggtleGFtcGxlLm9yZ4INKi5leGFtcGxlLmNv
bYcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAAYENYkBleGFtcGxlLm9yZ4YUaHR0cDov
L2V4YW1wbGUub3JnL3gwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHSUEFjAUBggrBgEF
BQcDAQYIKwYBBQUHAwIwCwYDVR0PBAQDAgKEMF4GCCsGAQUFBwEBBFIwUDAkBggr
BgEFBQcwAYYYaHR0cDovL29jc3AuZXhhbXBsZS5vcmcvMCgGCCsGAQUFBzAChhxo
dHRwOi8vY2EuZXhhbXBsZS5vcmcvY2EuY2VyMB0GA1UdDgQWBBQZf4pUFfT5t2LA
6HzHUgK6Z0RC2TAKBggqhkjOPQQDAgNIADBFAiEAjiGp9x9uudgdbwhtTOy3vRlF
GQhaSD8SNh6Pqhq2p/YCIBL4uTwSCt0tYJedFNXo6MFEI56NlUrrKyoc5jfuNeg8
-----END CERTIFICATE-----
`;
const certificate = `-----BEGIN CERTIFICATE-----
MIICSzCCAfGgAwIBAgIUM5Z9yjEd7yI6vxpdPST15AWCHRkwCgYIKoZIzj0EAwIw
gZkxCzAJBgNVBAYTAkRFMQ8wDQYDVQQIDAZCZXJsaW4xDzANBgNVBAcMBkJlcmxp
bjEeMBwGA1UECgwVQW4gT3JnYW5pemF0aW9uLCBJbmMuMRQwEgYDVQQLDAtVbml0
ICsgTW9yZTEUMBIGA1UEAwwLZXhhbXBsZS5vcmcxHDAaBgkqhkiG9w0BCQEWDWFA
ZXhhbXBsZS5vcmcwHhcNMjYxMTI5MTUyMTM2WhcNMzYxMTI2MTUyMTM2WjAbMRkw
FwYDVQQDDBBsZWFmLmV4YW1wbGUub3JnMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB
iQKBgQCnpx6pz/ZykC00mlgDRnHFhI9CtMY1eWj9chbuaHdMjfQWMnEYpQTjT47G
IDg3XenGpfFQXUGPBeDZODqIYJaNqHE+yLYP/4Z65+iRh1e0OdGvIryW1pd33PNd
1lJaedsDJ8y/b0YfwpAUU6zimxRyfNG05cm+4rpVM7RZN1f/IQIDAQABo00wSzAJ
BgNVHRMEAjAAMB0GA1UdDgQWBBQb0SfFftddFWwSsnvmm9jH5zdpwzAfBgNVHSME
GDAWgBQZf4pUFfT5t2LA6HzHUgK6Z0RC2TAKBggqhkjOPQQDAgNIADBFAiAcoXtT
yiCcyGn7bzGMwlwL3XK/60NJQFgck1aqxjRdcQIhAM9f8qoM/diGsShppWqw3Kx0
XBhZcWpPbmkjCyQGgWes
-----END CERTIFICATE-----
`;
const key = `-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAKenHqnP9nKQLTSa
WANGccWEj0K0xjV5aP1yFu5od0yN9BYycRilBONPjsYgODdd6cal8VBdQY8F4Nk4
Oohglo2ocT7Itg//hnrn6JGHV7Q50a8ivJbWl3fc813WUlp52wMnzL9vRh/CkBRT
rOKbFHJ80bTlyb7iulUztFk3V/8hAgMBAAECgYEAlm0h2zXop+RrWz59Z/rmDFaj
gDPZgJN+O6IJp0J+gGcCMoRx663tE9QHhAfWyP7vyjiMrBHwx9Z7aAvGoSUhD2bl
hZ4MOFRBaIXEaKaxTgRYhzJ0PK1dly6FSh/E938vXzk18b+01kTNalkBZzn5HQnI
JjlehmLKRRotkEhYWkECQQDe7cAbpR8keB/ZtbR1EjWcg0rW/9FzWo+lFGd3WX4z
UOKwUHuTsNl/Lwxb8oSUjYGx45jabipwyBy/lThqR3z5AkEAwIYimvcG7QvELL5H
YkWdB5lwkqZktNft33vWscwj0zGR8ohVTKnItHVuWhet+whHfTgO83m1EIz9FSw8
DNPlaQJAczYQSLlHpQNoAo4D21Uz29WGwiKnzqQJBNnMt0PLEx5EabbOhv+pCC/6
hTKLDnMrihIEFy9EQ9FH+kNWSqbzkQJAdK+Xv8ai+v8bqma1SzmYACgek7On6/fH
o6EiMebhe7pak93PnUR2cfGOraoWd8S/14Qng6grdtmM9s01pCy1qQJAb4W7t4l8
FwuOunBDt9KSVfJ7A7FWbst+v1OQs34SdNT+WGcqgFmIKheWdw2D8+XnEUWN+umm
DiYEzjOQUVVkCA==
-----END PRIVATE KEY-----
`;
const ca=new X509Certificate(Buffer.from(authority)), leaf=new X509Certificate(certificate);
for (const x of [ca, leaf]) {
  for (const k of ['subject','subjectAltName','issuer','infoAccess','validFrom','validTo','fingerprint','fingerprint256','fingerprint512','keyUsage','serialNumber','ca']) console.log(k, x[k]);
  console.log(x.raw.length, x.publicKey, x.issuerCertificate, x.toString()===String(x.toJSON()), x.toString().slice(0,60));
  console.log(x.toLegacyObject()); console.log(x);
}
for (const h of ['example.org','www.example.com','a.b.example.com','leaf.example.org','x','EXAMPLE.ORG','example.org.']) console.log(h, ca.checkHost(h), leaf.checkHost(h), leaf.checkHost(h,{subject:'never'}),ca.checkHost(h,{wildcards:false}));
for (const e of ['a@example.org','b@example.org','c@example.org']) console.log(e, ca.checkEmail(e), leaf.checkEmail(e));
for (const e of ['127.0.0.1','::1','1.1.1.1']) console.log(e, ca.checkIP(e), leaf.checkIP(e));
console.log(leaf.checkIssued(ca), ca.checkIssued(ca), ca.checkIssued(leaf), leaf.checkPrivateKey(createPrivateKey(key)), ca.checkPrivateKey(createPrivateKey(key)));
console.log(leaf.verify(ca.publicKey), ca.verify(leaf.publicKey), ca.verify(ca.publicKey));
for (const f of [()=>new X509Certificate(),()=>new X509Certificate('x'),()=>new X509Certificate(5),()=>ca.checkHost(5),()=>ca.checkIssued(5),()=>ca.verify(5),()=>ca.checkPrivateKey(5),()=>ca.checkPrivateKey(ca.publicKey),()=>ca.checkHost('x',5),()=>ca.checkHost('x',{subject:'y'}), ()=>new X509Certificate(Buffer.from('ab')),()=>X509Certificate(ca.raw),()=>ca.verify(createPrivateKey(key))]) try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); }
console.log(new X509Certificate(ca.raw).fingerprint===ca.fingerprint);
