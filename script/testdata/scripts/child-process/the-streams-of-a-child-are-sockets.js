const cp = require('child_process');
const { Socket } = require('net');
const fs = require('fs');
const os = require('os');
const path = require('path');

const cat = cp.spawn('sh', ['-c', 'cat; cat <&3 >&2; echo more >&4'], { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] });
console.log(cat.stdio.map((s) => [s instanceof Socket, s.readable, s.writable]), cat.stdio[1] === cat.stdout);
const said = {};
for (const fd of [1, 2, 4]) {
  said[fd] = '';
  cat.stdio[fd].on('data', (chunk) => { said[fd] += chunk; });
}
cat.stdin.end('to stdin ');
cat.stdio[3].end('to the fourth');
cat.on('close', (...args) => {
  console.log(...args, said);
  const file = path.join(os.tmpdir(), `duplex-child-${process.pid}`);
  const fd = fs.openSync(file, 'w');
  cp.spawn('echo', ['to a file'], { stdio: ['ignore', fd, 'ignore'] }).on('close', () => {
    fs.closeSync(fd);
    console.log(fs.readFileSync(file, 'utf8'));
    fs.unlinkSync(file);
  });
});
