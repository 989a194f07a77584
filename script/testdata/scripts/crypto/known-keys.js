// Keys, signatures and sealed texts that node has made.
const crypto = require('crypto');

const text = Buffer.from('a text that was signed');
const known = {
  'rsa': {
    key: `-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALRKuXk0Zj1EFabn
UrKlFu7Rlv9zJVjKZvv9CfouerLUpw9nRKrOE5+Xe3zOTX2S6VAkjIi5BwRbFCfb
UJzIM264c25Sy6MiVvOsdMYflxfsJ5YyfkQFgdp//LQITxS2ovE+wFc86ARmGLsi
SypSHOskq5yHVeROO7e7rBnLbKLhAgMBAAECgYEAonLuGdrwAGYXiFLIffUo67jn
8HYlAZMmJgmC8uzsW7Qmb0eiZLDYl6UbfII66ln0ZeT4x7zIKNGUILGJOitdwvHB
Zw0H3N3Rg1fAC8ySSUaz8WTesk/N0WosbqDWpSBDlYlKCtvCinas/x7PK3COm1Jo
XVFGr8wavYfSao4v990CQQDt1GeYKdxdVQeS9fpxekRE/9lP3t6LxtwhW7q/qlgz
LaxZlhnIHNWXe7WOcVuUFpy/L/4Zh/sx0Kdb8A5P+1erAkEAwhD3Pd92hF4Uey3y
CAH3YBY1xiuLi5334TyzXA0ZQfH8bYyLk/mtYcwFXa9j++SAJt/xFgmX7Qt16VJ4
uAZzowJBAIXG9H6jDVFygtAnjLhIDh7By3sh4gy9zxT0hBdLulEPX+MEi3wEvCB5
daaqHNkv3vusA0JZOvLKa1lLrsFOoAECQB6LYw62/EVrNVgJ7D08af4SoNYXBnis
HVazIhvL5/zMJInthA5/Tr3EyddsApWj6lO0DZMFYYcqtZ1KoLt+MHcCQExJP0ps
7NHppi91pvG8F28HVDQiNG9zMp2tQELQ3i388I62pv9Qa/hO+OfdLQV2w8qMq77y
9guZXgbkqwU/QcU=
-----END PRIVATE KEY-----
`,
    pss: 'GFjuwcXur9hbzVNJCjFcQJF5sq+O3VmID/iFDl0a4hGGxaRMHCgMCBnPdUOL5q4BpwGKZF7OqXpfdik+JAnrtsYTUPFBudokMOwIWDCiw/79+NsQd8ei6SQr9D3zfR8KCyj6OH79OrBak9eBi88mvmqwW6dJb1WP/MdAZRyDbG8=',
    most: 'rEGqSu9tLRZORNXwR5Y9OWVMNG+BHybiR+AKFkZQimOM/DmxcpE6vFnblu3cmdnhXoDUgX9PYLwAOxc0ixR2RrWSi/M5Yg+508DjXJV//YZ+I7xY2DVbOVn/OPs8/P/jAS76HlEdXfT6OPYxpT2KUDY1Ct6Mwshob+8QzHy6gJg=',
    oaep: 'F8bSQmu7A8jANj03A4vkZwmUIxaL5xX5UXTgQiGyGlelyaBKCd/zeeUX+sIlIGdVjVUkL/BrzqtIHAu7nNYqfNhjGwM2mVxIzBYWthA7ohZlzAqOMca1YvyH87F5uYLZOeo1tUXovRX0IYawtDXx3n+bgmc8heW6hwrNbys9W/Y=',
    old: `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: DES-EDE3-CBC,583DD0F3DE891632

YPXGnboDpLFPW6TERthYUGsTKUEJ8D3hELMoj10W7pVr4ZaFnrctprk4ADLSE/pJ
CqfE1xige66NjqfRh2y4Z0ubTVrGpDJS4lb8pJURHKgi+qjIFhtFSz/2DfPgqLGZ
+srYWY1GffHb+Cr1DIoDbE7iHVoIzoJWyoTtEFbSBfZd4IIN1i1Vy4eXIJPs1YAk
deIi6+baq9A25xYR/cAQOHCtm+atDu1KNlXNtv/DLH6uqAi2lBl5wv+z8qxiYF2/
U3QKt/+1XckkozbGKHy2FHhRTIFlvvqXHXdQdwRhOZJYErbYfGFF+ZYBuun9Fa/Y
4SN9A2WBw4QR5lG7dVYuD5qUzMhPBTkuCkD8ODE2DdOD9JMNu08HRnvLcph7RJ6S
ysIYGZCbLqoU53vamA4miU+AXufTRRIZSIoamHkzqfsl1VUw+EsAjCd+sFxJZdK+
dA6A3S/+Lsg/77FqCVWN5Hh3CJtTxTp/gA6b5j1B/7asK+7J/KRJUMXdr9q2Ng5S
snPDyke/X/+2nY+pLpqeWUNPDRVO6MkYBePCvBquoljhfg3bt8gs0fl4t9oZVqIF
B7USjhwyBE9G5qKWR/HTpH8y7xG1k1V63gdxU4sOEUg/hzyXjPYJdcdTaSnwt220
FZVl/eHBBJA+b8WtA814XAjftK/9cau3zHjctvzzvUNJfR8pCYC0ulP1KHaaZI1z
rfstNAxej5Ly4x94SEw/c3uRAR9pjyP/A9oz2gwL9VRCzg7tY+AB2BzlBkwhC2ob
BnA4r3GojmA9UKauQoFuFbyS8GtJpWOz/cGO0aHcnMXhBQI41+j8aw==
-----END RSA PRIVATE KEY-----
`,
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIIC3TBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI1Ft6Lpt14DICAggA
MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBANPEUUrO7XhjNlHH58z5siBIIC
gEi+zxwhiJyuanbSUFBVHvb80TOGOLWsqpNS1REKjR+s2Sr+HGIkd/JPbJ69OFoM
+oVvcKzS7vorL8OU87Rrq7IeHogvJpHM7cdgrEYXD+heWQ75dPc4FygFGIPt63wf
UgLRO9EaZosscrJHDW8Ap9E6h9MwTwlzu/nGJJQgabK0jpRk2xocQJ0a3C6olLQo
GLX3CHirAhBV35qyjtNDKEbqXLdjHm/ZWemeeVkbGxpea1145HyjYbrjL28dN0/C
HCE5k4cwc/dipBc54ZzPtDUExylCRA76kO6Dv5SQzEf17Z2uZsaBPM/ByU3U1hYG
5yY463x/ewS806kf8kUEQh03v5Ge6yU/EuJNNal+e9kQwsFHbErRpS9EGqNBn0dF
W4cf1uwXb/jVxbbX10FXxJ7hgPVnB/7VzdGEsvuyb5kkBG9WxfGvAqeuKRis08OT
MZu+DZZyyQNUb6KoLFKtSyhG1SrG/D+HgjIA58+M0Fq5vZtBDuhO9v42NlgyFu47
wSQ6IVgtaCxIbLWgmvGYonsU6NnNteYDqWQCVYTAZSoYaTbteDqxpELdJlVjopau
LrQhtnjc7OcMZC+m/wS4bRx8S/VUd3nbM3FB9wBO90baEYUOu4tH/aMLSEnJv42L
bHfC1Tk+TdlaZbFrNvRcAVu/hRIUju+FQ2mp9X5en/VrfGkI5gz3kg36wL+M+kdc
QffqKpx4vnquHbjOqaQ+ohHTPXiHU3XdfLnJhlbnMoK2R9Gvwy5uIpChAsWFUS0s
q6JL9xYBX53+YonoUg9udIJTZT7PSJWZD3ac5cn0kWD8i592E45GEF77pzHo8OYH
EGfLFi5URzi5MlNtTWQXK8Q=
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'pss': {
    key: `-----BEGIN PRIVATE KEY-----
MIICiAIBADAeBgkqhkiG9w0BAQowEaAPMA0GCWCGSAFlAwQCAQUABIICYTCCAl0C
AQACgYEAxZaN2Mf/J6+xnuEX0qUg7bmeA2zrpjk4wA+z7vrxRN/rusnkE1bR3rCR
5Gw7UWaXpDrkLehq3JzYvC6W3w8gz3smUq6O8H68CfegsujMQBmYjBiX/gwqp3vt
o8MWTkUM+FuilCk+d2rThIo7y8J9Hm5RVMsjqLEj8CUDCFFC830CAwEAAQKBgFxo
LuqljkVHO/CsIPIY3C+R0b6UYBkbRdk8/s/TeKbXem2fIhWRUxGszm5f19YX/u+F
w1VdDy0iBZLszw5/Cr5r1pubfCOFl8JaZt355kcyDZlKlW3UFycovWzhDqKUJQe6
AENYI6eCRO71KD8w63p+JsmnNppuYYsdBhiJZGlBAkEA5XnmUJDaxVqmK2F8uzdN
C0UCMz6xIbpRku1/gQu5uZEOMLJNX1UL6FrAjoO3THhqfxRt0xcwsItNdpNO43ZN
6QJBANxtGa2PLHptIjr9NUUENeOJ85GJAXbq2raynj+j0NepL4Rkeud0QYO807wu
UCdqwcksf/NrWscMdB7dqW4XmHUCQQC3lfmDdRABGc+dHyYZ5Vk27eOfucUeVaBT
arw6MnZIllsC7HLoFPMs1gX9PjVT8XZJ6r8eRQxIAXpcpedUJN6ZAkEA0cVeN4bW
vFfZyKuqI1lDc5yYWLs60pHkvRO1eDkNCgAvgV4ifNxtcNKl6iNlEm4Np8caqWxU
QrO+WpV2pZf89QJAZvatQNHpTwuHfd8KafR7WugcbX8Mwn2S5qAGbqPbPYSDMBCZ
bMgI1PwvpeBdHh8/6sGB5M9R99cXyMq+6gSlAg==
-----END PRIVATE KEY-----
`,
    limited: 'mX2GmCeXSZpfjb8qLZ7F0WyOwCmCA0ag8RQK7s0UkWtyXtOOwC2frEgjAoARle/tm8YKwcaoeQkaQ3LW0ekW5Uh3nfDlsLRrxx+QA5V7SL3CXPq47P/rVuX+aO/1cltmifKD54QFNJX1HugMUkIEz/jR7rx1vi9R19BnM+vmFk4=',
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIIC7TBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIJ+lU9fNHDqQCAggA
MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBCGJFwdKes33XoyrbUqFEdKBIIC
kDzOGdKHZFvyab/zFHHr5a4zzgvZDs2oYGQPMUGqNgSd+Z5mYv77/eqGWI9X2wXC
kEmc9yJErjcDNKZou2GitVkgnRx1CUnfQyiCOi3S2MkSYbu/qtRUzurOueKJG9TR
ECJ9G+OSj2pxiWzywAhLO2EOATyn4fWwdnX92IYejbNvhhT8DzUXgupBPst1Ivtu
cbV5Fs80ZCZhqIaLcUwre9CkFG1uIV7N/1cLmXPtGMTlYRvUgKPZjUHzvIsFkPMM
7SWWvl8Bz5ccz3I1kInmhNOJhNJnR4ktK+TR859kQyfehbgO5BiCuWejvlTEMPX5
cVx72pAUZrkkRdVpwb8lsdemsiq1IatRDa0Zf1rvDXGIq+qX+8GfypZhrkrSn/lf
cmrEMKALuEvEyS1hZs/9uTxlhlpSQ0tayA/jp3wxbUDVNBx5I2ntx0ZZE9J/Ewz4
BHs4iZB0NS7IqDfHoZN5miLDAKVa4gpf8Fe1/AyXIldMIAgVACCtVnD185UX1hDV
GWA4sE5ti5O1B/3Prx++kClSJpBWSiDSzITfKdwU/eApsO0zwaQ+nNz121lhwe99
E5OHhf0qZPI+B9eo7BzVDurYMfYnOgEsJVhfiEBQYYYD4YS+VeDQcL4SxegN4i6v
KfaMBuVlZxP7yfrxQK6yRnEfLw12loGXIVRrf0xntM9klnSYURWcYbcvRB3od/57
LG4SudTTGM11J/8MfVLIdPftahhrxUJUzigrFjom9rZrtwXIaLJ9g8xYkDe5+jbr
ENX9nbxKfS3PHnPI/OMCq0O6xxVzzb+l+aPf4DOJQHUxuuSxOXb/uGPVEGfEVLg5
Aj2DaZ6o9dRWvRLni4tVblvD3v1zo6Kf6CfWKtGc2uIh
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'p-256': {
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHOvnJ2nudYrN7jF+
vQ7iQQzOCULkl6Nmzn50mXe1+CyhRANCAATPeGhgsCkzcw/RVmFhPz4YEqTmyCgZ
gRG/drv1UMaheUE/Q1NGMYK64QiZRRAg0fZRsOIBByhEkunfw+pBps76
-----END PRIVATE KEY-----
`,
    der: 'MEUCIEztw0Ez8P2c7ca2Q5weTFRM4E8SksHbBvms6HvILaopAiEA0B5Q5KMnXmP1/WqKwAf0xK+Li8zUsbZqzZmixBD/wt0=',
    plain: 'SQ+Bq1x57i6rRHNPNPAyu/mnCkiJfAn/sGdGY71DkASYf0M7Z6ea3X4D89XGkh4uNXW2DFmEfofUbI6vd2opBg==',
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjgA0CHBV/l8gICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEVfwy3+agVfl35gHA4d+bAEgZDy
rSKRsJXWN5mUhoZ+3KzkpXy/yuT6+kr6bQb+2avut/5rdtJ9fXhD5xlV4VDWY0Pt
ApS03iD9tT4W1PUqSzj3HJQ7DEj3WYf4WQbWkyu9tqFZITXrE7UeeoSDzTVXPQms
m3b+3iO3mlR0hDwWYEYZpuxp1aywo2HKpY4R1qYCSezK2YRpBIdfqatZ5hRB74M=
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'p-521': {
    key: `-----BEGIN PRIVATE KEY-----
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBfsWmgqCB9NZKmXPC
oDZX0Py6w8H2X//w6S6xdFxjbidJEHf4gpGcQZ1YBRPYqy654htjYf46iAGnHnO0
ahQvVa6hgYkDgYYABAE2PK1+3fEQq01CLQp4jR8k3hrhEqQsbU40ozljoUrkdiDE
KQ/WtFXOqA7f+S/dA3ggvBpNc3ms5VkM/viatF8hKQENHeHDA8+7k268VqYqyJrW
NhTHXs61EmcdIG6hm7exl7VBma90b8CKtEUkdn+9iWYWT4dVI7cdGrFN9KOjrkpB
Rg==
-----END PRIVATE KEY-----
`,
    der: 'MIGGAkIBc7seKmQ+hbKBxOG0OlnpPxtnWxr84veseXZFoAULFunx9N502ibyV6gU/2eo9rnrAncAyAVuIlCofV77aG8o8Z8CQE2GfGB8miVI+pWImeaxHN/fdbAopK2uS2FmmlNqZCNV3ixnf8z54uK7aLRYEZd4g1rpiK5z1AtlQUI/FtDUZ40=',
    plain: 'AEHePiXc8o6FT+kJM9U3RkpbO5h0qHD2E28QiUai5xxO11KAdgcRuELcuiWT3DC/lYkAlK5zN2LOnfTqqT60Xu99AXJwpkPEd3S2CXthRt9rGTkMLE60AuMdoSkw475pdGpAHg3m43reFsjAVrZNJ5b5TTIGpayBvI8Lez0e9VXe8P4+',
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIIBXTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIwaOZ38PDmbUCAggA
MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBDsTBFadNSSbkt5EcloY1h4BIIB
ADoygLaWOtizKdADCby2VXlxpn0U+tcnSJkf6dXQvfRmEWv9vKAURMHKCLd2HYox
lzRDBhKmPztBAN5g31AMkC1RbDprHe5B2LRH9WAZ7ddKt1yFu72tXffYJfFvRjJA
ppCGOCJ6Y3/iEHENnp7eZqLSzYpYVZl3pf8zCi7ATSkQASNChM7tb1uVMD56EtPr
Qg4+hxhthOEuP88IIrRX87yu0KoRzECd33bZ9tXDzOKhAoro5DvwzCs6+9ZTzqqV
IhcSqyhj5OvUfxvGTl62S+7N8zMlVNni9b28h8EsKmTZiF/4sRbjgj7FUjcKM9YN
PQ8HqhVt8G2CXvz5sjFF708=
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'secp256k1': {
    key: `-----BEGIN PRIVATE KEY-----
MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgG0c13gc3IWBM+ns96vu/
xzK+lUjVj/F3GVn1aWPt8FKhRANCAAQHP1g+oFi0ZUaXESllOHEPNSp/q45xP5gc
OWXVpdeHWkYunkNTBiU9G2sNHtGio/LODvt+Ol7J6jj7RWMgy7vf
-----END PRIVATE KEY-----
`,
    der: 'MEUCIQD98fl/lWT7y+lDSjSoVDvsVKBwasQuJvjLMKxPqijbXgIgJ3wWNikYv+mZyTbLzCPfkdjdZlxw6p3EBkFNcsTzBJ8=',
    plain: '/sWtRNs5vyYuetBMp4PMOjIICI9/zEZQXYdrEnAfEYvXLRATZwNQvQ7mc3glN4StTzgDIZ3YMiq9nWNFXvyGgg==',
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjN3aVxiS74OQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELUZ46REfQfCzx5clu7oJAoEgZCU
GfdUM7zc0BnGjBRg+LQ+iZqKKPJvAd36b+4/SjD7p26xacOavac0hPOWPTY9pB+8
y4gnsJIi0v0zCy9obrQf57HqSekhmhw1rYtCi29lEOerz+FtIQ4x7T6gxVqh90sT
tiJXMJKoE8x69iTipn65BwkzdWH3fZyWUkuSdtvxISvAuOX1PxlU955HpcQpyZQ=
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'secp224r1': {
    key: `-----BEGIN PRIVATE KEY-----
MHgCAQAwEAYHKoZIzj0CAQYFK4EEACEEYTBfAgEBBBwPgvbhJeIXEH75F5e6slNP
j4U+ykTXxLX2WaaYoTwDOgAEvl/l9bYSvVvz6RkljGnJbNgX85T/A+3U3rxck/RE
/jcaBZ6ZLo+zS9PZeTibO+nrLFkI/PHTxQ0=
-----END PRIVATE KEY-----
`,
    der: 'MD0CHQCWqWbJHZTu47HgIYgE6VrDEfAkjNztxhjgx9UwAhxdhCjqfCobTF98RtpgHP69J0CDR/HSQHpw+KZk',
    plain: 'qIVgxKFH1Gi9VgDlA0iI0Y9sjBWDDpHjk1ZwDm/YKumBSDrkj1QGz2nJlwaUgIw/pvdXOIcGtSk=',
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHcMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhtEDMGigiRJwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEC6gRPhirAAW9R1nW2MZ9xMEgYA1
rAsLO9D3fWxkM5/etUE/cmg9U/sZ3yasJ8S/Q39gvkl4NNxacklitCxoFzrQ1cEb
39bJU5d5GP7HHhbg1JkfKGIf/p5TKX3ZnjIWciiAzDf9Dtf8MjVvXcX/noJcDLtY
umiLKPGurcnxRmy9ucGyqdqG2yzHiKaJetxV4wK5MA==
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'ed25519': {
    key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIG7MtXRlN+qPk8yB7EymogCodYMtXWj5A6Lt+mcHGpiE
-----END PRIVATE KEY-----
`,
    raw: 'r49ZEy1XNUC+tsu9EAWHV9ye5wiPF5eX9crGZAS4QRzWVa0csplFlmCsinvYT/yO53hiqkseSV4jho3sAQ7ZCw==',
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiFnH2kLhnHPAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOfSzpTmq8BAgAVXd9jnJtkEQKT/
bVkXWyHWs2mJbZI3G5mQM9TLAKkLQekiCNH+3NexLsjNg5sDCFHbkIqpbW78Mfy8
sWraljWBusyCBNbi6JQ=
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
  'x25519': {
    key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIBCXbjGS7XDcE+EuCOjGLmTOlXs2Xv2gIutbhOYBioBu
-----END PRIVATE KEY-----
`,
    sealed: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjI/3EMhw5XpwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHuepS3m1G5fNEBtqPFaZG0EQDzE
eYM1EOswJ8KPwMLyHZSJNE/pq3g3dzmzhZFxTcvZDWWK4SyzJOSPhqdt5ZCWGf6H
CBIC7ig+Eu1YAq8PXcc=
-----END ENCRYPTED PRIVATE KEY-----
`,
  },
};

const show = (value) => (Buffer.isBuffer(value) ? value.toString('base64') : value);

for (const [name, { key, sealed, old, ...made }] of Object.entries(known)) {
  const privateKey = crypto.createPrivateKey(key);
  const publicKey = crypto.createPublicKey(key);
  console.log(name, privateKey.asymmetricKeyType, privateKey.asymmetricKeyDetails, publicKey.type);
  console.log(crypto.createPrivateKey({ key: sealed, passphrase: 'secret' }).equals(privateKey));
  if (old) console.log(crypto.createPrivateKey({ key: old, passphrase: Buffer.from('secret') }).equals(privateKey));
  for (const [object, types] of [[privateKey, ['pkcs1', 'pkcs8', 'sec1']], [publicKey, ['pkcs1', 'spki']]]) {
    for (const type of types) {
      for (const format of ['pem', 'der']) {
        try {
          const out = object.export({ type, format });
          console.log(type, show(out));
          const create = object.type === 'private' ? crypto.createPrivateKey : crypto.createPublicKey;
          console.log(create({ key: out, type, format }).equals(object));
        } catch (error) {
          console.log(type, error.code, error.message);
        }
      }
    }
    try {
      const web = object.export({ format: 'jwk' });
      console.log(web);
      const create = object.type === 'private' ? crypto.createPrivateKey : crypto.createPublicKey;
      console.log(create({ key: web, format: 'jwk' }).equals(object));
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
  for (const [form, base64] of Object.entries(made)) {
    const bytes = Buffer.from(base64, 'base64');
    const other = Buffer.from(bytes);
    other[20] ^= 1;
    const check = (signature) => {
      switch (form) {
        case 'der': return crypto.verify('sha256', text, publicKey, signature);
        case 'plain': return crypto.verify('sha384', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
        case 'pss': return [10, -2, -1, 11].map((saltLength) => crypto.verify('sha256', text, { key: publicKey, padding: 6, saltLength }, signature));
        case 'most': return crypto.createVerify('sha512').update(text).verify({ key: publicKey, padding: 6 }, signature);
        case 'limited': return crypto.verify('sha256', text, publicKey, signature);
        case 'oaep': return crypto.privateDecrypt({ key: privateKey, oaepHash: 'sha256', oaepLabel: Buffer.from('label') }, signature).toString();
        default: return crypto.verify(null, text, publicKey, signature);
      }
    };
    console.log(form, check(bytes));
    if (form !== 'oaep') console.log(form, check(other));
  }
  if (name === 'rsa') {
    for (const digest of ['md5', 'sha1', 'sha256', 'sha512', 'sha3-256', 'ripemd160', 'md5-sha1', 'sha512-256']) {
      console.log(digest, crypto.sign(digest, text, privateKey).toString('base64'));
    }
    console.log(crypto.sign('sha256', text, { key: privateKey, padding: 6, saltLength: 0 }).toString('base64'));
    console.log(crypto.privateEncrypt(privateKey, text).toString('hex'), crypto.publicDecrypt(publicKey, crypto.privateEncrypt(privateKey, text)).toString());
    console.log(crypto.privateDecrypt({ key: privateKey, padding: 3 }, Buffer.alloc(128, 5)).toString('hex'));
    console.log(crypto.publicEncrypt({ key: publicKey, padding: 3 }, Buffer.alloc(128, 5)).toString('hex'));
  }
  if (name === 'ed25519') console.log(crypto.sign(null, text, privateKey).toString('hex'));
  if (name === 'x25519') console.log(crypto.diffieHellman({ privateKey, publicKey }).toString('hex'));
  if (privateKey.asymmetricKeyType === 'ec') {
    console.log(crypto.diffieHellman({ privateKey, publicKey }).toString('hex'));
    const { namedCurve } = privateKey.asymmetricKeyDetails;
    const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-(2 * Math.ceil({ secp521r1: 521 }[namedCurve] / 8 || (namedCurve === 'secp224r1' ? 28 : 32)) + 1));
    for (const form of ['compressed', 'hybrid', 'uncompressed']) {
      const converted = crypto.ECDH.convertKey(point, namedCurve, undefined, 'hex', form);
      console.log(form, converted, crypto.ECDH.convertKey(converted, namedCurve, 'hex', 'hex') === point.toString('hex'));
    }
  }
}
