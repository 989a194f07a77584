const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'node-path-')));
const write = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
};
for (const name of ['a/one/index.js', 'b/one/index.js', 'b/two/index.js', 'b/file.js', 'a/three/index.js', 's/node_modules/three/index.js',
  'home/.node_modules/four/index.js', 'home/.node_libraries/five/index.js', 'c/six/lib/main.js']) write(name, `module.exports = ${JSON.stringify(name)};`);
write('c/six/package.json', '{ "name": "six", "exports": { ".": "./lib/main.js" } }');
write('s/main.mjs', "import('one').catch((error) => console.log(error.code));");
write('s/main.js', `
  const { root } = process.env;
  for (const name of ['one', 'two', 'file', 'three', 'four', 'five', 'six', 'none']) {
    try {
      console.log(name, require(name));
    } catch (error) {
      console.log(name, error.code);
    }
  }
  const places = (list) => list.map((place) => place.replace(root, 'ROOT').replace(/\\\\/g, '/')).slice(0, -1); // the last one is beside the command
  console.log(places(require('module').globalPaths), places(require.resolve.paths('x').slice(-7)));
  console.log(places([require.resolve('two'), require.resolve('six'), require.resolve('one', { paths: ['/'] }), '']));
  process.env.NODE_PATH = '';
  delete require.cache[require.resolve('two')];
  console.log(require('two'));
`);
const env = { ...process.env, root, HOME: path.join(root, 'home'), USERPROFILE: path.join(root, 'home'),
  NODE_PATH: [path.join(root, 'a'), '', 'b', '/nothing', path.join(root, 'c')].join(path.delimiter) };
for (const script of ['main.js', 'main.mjs']) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(root, 's', script)], { env, cwd: root, encoding: 'utf8' });
  console.log(stdout + stderr, status);
}
fs.rmSync(root, { recursive: true });
