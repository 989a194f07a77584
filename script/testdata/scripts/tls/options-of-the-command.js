'use strict';
const { spawnSync } = require('child_process');

for (const options of [[], ['--tls-min-v1.3'], ['--tls-min-v1.0', '--tls-max-v1.2'], ['--tls-min-v1.1'], ['--tls-cipher-list=HIGH:!RSA'], ['--tls-cipher-list', 'HIGH']]) {
  const { stdout, stderr } = spawnSync(process.execPath, [...options, '-p', `
    const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, DEFAULT_CIPHERS } = require('tls');
    [DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, DEFAULT_CIPHERS.slice(0, 30), process.execArgv[0]].join()
  `]);
  console.log(String(stdout), String(stderr));
}
