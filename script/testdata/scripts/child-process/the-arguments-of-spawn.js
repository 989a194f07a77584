const cp = require('child_process');

const tried = (what, f) => {
  try {
    const result = f();
    console.log(what, result?.error?.message ?? result?.constructor.name);
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
};
for (const args of [[1], [''], ['true\0'], ['true', ['a\0']], ['true', 'x'], ['true', [], 'x'], ['true', null], ['true', [], null]]) {
  tried(args, () => cp.spawn(...args));
}
for (const [name, value] of [['cwd', 1], ['detached', 'x'], ['uid', 'x'], ['gid', 1.5], ['shell', 1], ['argv0', 1], ['windowsHide', 1],
  ['timeout', 'x'], ['timeout', -1], ['killSignal', 'SIGX'], ['killSignal', {}], ['stdio', 1], ['stdio', 'foo'], ['stdio', ['foo']],
  ['stdio', [{}]], ['serialization', 'x'], ['signal', 1]]) {
  tried([name, value], () => cp.spawn('true', [], { [name]: value }));
}
for (const [name, value] of [['timeout', 'x'], ['maxBuffer', 'x'], ['maxBuffer', -1], ['input', 1], ['cwd', '/nope']]) {
  tried([name, value], () => cp.spawnSync('true', [], { [name]: value }));
}
tried('kill', () => cp.spawn('true').kill('SIGX'));
tried('kill', () => cp.spawn('true').kill(999));
tried('execFile', () => cp.execFile('true', 1));
tried('execFile', () => cp.execFile('true', [], {}, 1));
tried('exec', () => cp.exec('true', { maxBuffer: -1 }));
tried('ChildProcess', () => new cp.ChildProcess().spawn());
tried('ChildProcess', () => new cp.ChildProcess().spawn({}));
tried('too much', () => cp.spawnSync('head', ['-c', '3000000', '/dev/zero']));
const slow = cp.spawnSync('sleep', ['5'], { timeout: 50, killSignal: 'SIGKILL' });
console.log(slow.error.message, slow.signal, slow.status);
