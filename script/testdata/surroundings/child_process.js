// Copyright 2026 The duplex authors. MIT license.

const cp=require('child_process');
const c = cp.spawn('sh', ['-c', 'cat; echo err >&2; exit 3']);
const said = { out: '', err: '' }; // which comes first is chance
c.stdout.on('data', (d) => { said.out += d; });
c.stderr.on('data', (d) => { said.err += d; });
c.stdin.end('hello');
c.on('exit', (...a) => { said.exit = a; }).on('close', (...a) => { console.log('close', ...a, said);
cp.spawn('/no/such').on('error',e=>{console.log(e.message,e.code,e.errno,e.syscall,e.path,e.spawnargs);
cp.exec('echo hi; exit 2',(e,o,r)=>{console.log(e.message,e.code,e.cmd,[o,r]);
cp.execFile('echo',['a','b'],(...a)=>{console.log(...a);
const k=cp.spawn('sleep',['5']);k.on('exit',(...a)=>console.log(...a,k.killed));k.kill();
})})})});
console.log(cp.spawnSync('sh',['-c','cat;exit 1'],{input:'in',encoding:'utf8'}).stdout,cp.execSync('echo x').toString(),cp.spawnSync('nope').error.message);
try{cp.execSync('exit 4')}catch(e){console.log(e.message,e.status)}
try{cp.spawn('')}catch(e){console.log(e.message)} try{cp.spawn('a',1)}catch(e){console.log(e.message)}
