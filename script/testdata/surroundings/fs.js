// Copyright 2026 The duplex authors. MIT license.

const fs=require('fs'),path=require('path'),os=require('os');
const d=fs.mkdtempSync(path.join(os.tmpdir(),'F-')); const back=process.cwd();process.chdir(d);
const log=(...a)=>console.log(a.map(x=>typeof x==='string'?x:JSON.stringify(x)).join(' '));
log(fs.mkdirSync('a/b/c',{recursive:true})===path.join(d,'a'),fs.mkdirSync('a/b',{recursive:true}));
fs.writeFileSync('a/x.txt','hello'); fs.appendFileSync('a/x.txt',' world'); log(fs.readFileSync('a/x.txt','utf8'),fs.readFileSync('a/x.txt').length);
log(fs.readdirSync('a'),fs.readdirSync('.',{recursive:true}),fs.readdirSync('a',{withFileTypes:true}).map(e=>[e.name,e.isFile(),e.isDirectory()]));
const s=fs.statSync('a/x.txt'); log(s.size,s.isFile(),s.isDirectory(),s.mode.toString(8),s.mtime instanceof Date,Object.keys(s),typeof fs.statSync('a',{bigint:true}).size,fs.statSync('zz',{throwIfNoEntry:false}));
fs.copyFileSync('a/x.txt','a/y.txt'); try{fs.copyFileSync('a/x.txt','a/y.txt',fs.constants.COPYFILE_EXCL)}catch(e){log(e.message)}
fs.renameSync('a/y.txt','a/z.txt'); fs.symlinkSync('x.txt','a/l'); log(fs.readlinkSync('a/l'),fs.lstatSync('a/l').isSymbolicLink(),path.relative(d,fs.realpathSync('a/l')),fs.existsSync('a/y.txt'),fs.existsSync('a/z.txt'));
let fd=fs.openSync('a/x.txt','r+'); const b=Buffer.alloc(5); log(fs.readSync(fd,b,0,5,6),b.toString(),fs.writeSync(fd,'HE',0),fs.readFileSync('a/x.txt','latin1'),fs.fstatSync(fd).size); fs.ftruncateSync(fd,3); fs.fsyncSync(fd); fs.closeSync(fd); log(fs.readFileSync('a/x.txt','utf8'));
try{fs.closeSync(fd)}catch(e){log(e.message)}
fs.chmodSync('a/x.txt',0o600); log(fs.statSync('a/x.txt').mode.toString(8)); fs.utimesSync('a/x.txt',1000,2000); log(fs.statSync('a/x.txt').mtimeMs,fs.statSync('a/x.txt').atime);
try{fs.rmdirSync('a')}catch(e){log(e.code)}
fs.readFile('a/z.txt','utf8',(e,t)=>{log('readFile',e,t);
 fs.readFile('nope',(e)=>{log(e.stack,e);
 fs.stat('a',(e,s)=>{log(s.isDirectory());
 fs.mkdir('a/n',(e)=>{log('mkdir',e,fs.existsSync('a/n'));
 fs.open('a/z.txt',(e,fd)=>{fs.read(fd,Buffer.alloc(4),0,4,null,(e,n,b)=>{log('read',n,b.toString());fs.close(fd,(e)=>{log('closed',e);
 fs.promises.readFile('a/z.txt','utf8').then(t=>{log('p',t);return fs.promises.readFile('no')}).catch(e=>log('perr',e.code,e.message)).then(async()=>{
  const h=await fs.promises.open('a/h','w+'); log((await h.write('abc')).bytesWritten,(await h.stat()).size); const r=await h.read(Buffer.alloc(3),0,3,0); log(r.bytesRead,r.buffer.toString()); await h.close(); log(h.fd);
  await fs.promises.rm('a/h'); try{await fs.promises.access('a/h')}catch(e){log(e.message)}
  const rs=fs.createReadStream('a/z.txt',{encoding:'utf8',start:2,end:7,highWaterMark:3});
  for(const ev of ['open','ready','data','end','close']) rs.on(ev,x=>log('rs',ev,typeof x==='number'?'n':x));
  rs.on('close',()=>{log(rs.bytesRead,rs.path);
   const ws=fs.createWriteStream('a/w.txt',{flags:'a'}); for(const ev of ['open','ready','finish','close','drain']) ws.on(ev,x=>log('ws',ev,typeof x));
   log(ws.write('one'),ws.pending); ws.write('two'); ws.end('three',()=>log('cb')); ws.on('close',()=>{log(fs.readFileSync('a/w.txt','utf8'),ws.bytesWritten);
    fs.createReadStream('nope').on('error',e=>{log('err',e.message)}).on('close',()=>{
     fs.createReadStream('a/w.txt').pipe(fs.createWriteStream('a/v.txt')).on('finish',()=>{log(fs.readFileSync('a/v.txt','utf8'));process.chdir(back);fs.rmSync(d,{recursive:true});log(fs.existsSync(d))});
    });
   });
  });
 })
 })})})})})})});
setImmediate(()=>log('immediate')); log('end');
