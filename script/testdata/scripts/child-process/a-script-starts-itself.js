// By process.execPath, with node's options, in a shell and with an environment of its own.
const cp = require('child_process');

if (process.argv[2] === 'child') {
  console.log('child', process.argv.slice(3), process.execArgv, typeof gc);
  process.exit(5);
}
const plain = cp.spawnSync(process.execPath, [__filename, 'child', 'a'], { encoding: 'utf8' });
console.log(plain.status, plain.stdout, plain.stderr);
const bare = cp.spawnSync(process.execPath, ['--expose-gc', '--no-warnings', __filename, 'child'], { encoding: 'utf8', env: {} });
console.log(bare.status, bare.stdout, bare.stderr);
console.log(cp.execFileSync(process.execPath, ['-p', '[process.argv.length, process.execArgv]', 'x'], { encoding: 'utf8' }));
console.log(cp.execSync('"$SELF" -e "console.log(1 + 1)"', { encoding: 'utf8', env: { ...process.env, SELF: process.execPath } }));
console.log(cp.spawnSync(process.execPath, { input: 'console.log("from stdin", process.argv.length)', encoding: 'utf8' }).stdout);
cp.exec(`"${process.execPath}" "${__filename}" child b`, (error, stdout) => console.log(error.code, stdout));
