// NODE_EXTRA_CA_CERTS adds to what is trusted without ca.
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { serve, connect, tell, certificates: { authority } } = require('../secure');

if (process.argv[2] === 'child') {
  const server = serve({}, (port) => {
    const socket = connect(port, { ca: undefined });
    socket.on('secureConnect', () => {
      tell('client', socket.authorized);
      socket.end();
    }).on('close', () => server.close()).resume();
  }, (socket) => socket.resume());
} else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tls-'));
  const file = path.join(folder, 'extra.pem');
  fs.writeFileSync(file, authority.cert);
  for (const name of [file, path.join(folder, 'nothing.pem')]) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [__filename, 'child'], { env: { ...process.env, NODE_EXTRA_CA_CERTS: name } });
    console.log(status, String(stdout), String(stderr).replaceAll(folder, 'FOLDER').replace(/\(node:\d+\)/, '(node:PID)'));
  }
  fs.rmSync(folder, { recursive: true });
}
