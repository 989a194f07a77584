// Copyright 2026 The duplex authors. MIT license.

// What an ES module sees of a module of CommonJS: the names that its text tells, in the
// forms that authors and compilers write.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'names-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));

const forms = [
  `exports.a = exports.b = void 0; Object.defineProperty(exports, 'a', { configurable: true, value: 1 })`,
  `exports.a = void 0; Object.defineProperty(exports, 'a', { enumerable: true, get: () => Q.p })`,
  `exports.a = void 0; Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return it(Q).p } }); function it(x) { return x }`,
  `Object.defineProperty(exports, 'a', { enumerable: false, value: 1 }); exports.a = exports.b = 1`,
  `module.exports = { b, c }; Object.defineProperty(exports, 'b', { get: () => 1 })`,
  `module.exports={a:1,b:c,d:f,e:'x'}`,
  `module.exports={b,c:c,d}`,
  `module.exports={b:c,'d':d,f:f}`,
  `module.exports={b:function(){},c}`,
  `module.exports={b:-c,d}`,
  `module.exports={b(){},c}`,
  `module.exports={...Q,b}`,
  `module.exports={b,...require('./r.cjs'),c}`,
  `module.exports={b:require('./r.cjs'),c}`,
  `module.exports={[b]:1,c}`,
  `module.exports={b:c.x,d}`,
  `module.exports={'b':'x',c}`,
  `module.exports={1:2,b}`,
  `module.exports={b:()=>{},c}`,
  `module.exports={b:class{},c}`,
  `module.exports={b:new Date,c}`,
  `exports.a=exports.b=1`,
  `exports['a']=1;exports[\`b\`]=2`,
  `module['exports'].a=1`,
  `module.exports.a=1`,
  `exports.a`,
  `exports.a+=1`,
  `exports.a||=1`,
  `(0,exports).a=1`,
  `var exports=exports;exports.a=1;`,
  `this.a=1`,
  `const e=exports;e.a=1`,
  `if(0){exports.a=1}exports.b=2`,
  `function x(){exports.a=1}x()`,
  `x=()=>{exports.a=1};x()`,
  `exports.default=5;exports.a=1`,
  `exports\n.a=1`,
  `exports.a\n=1`,
  `exports . a = 1`,
  `foo={exports:{}};foo.exports.a=1;exports.b=1`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:function(){return Q.p}})`,
  `Object.defineProperty(exports,'a',{enumerable:true,get(){return Q.p}})`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:()=>Q.p})`,
  `Object.defineProperty(exports,'a',{get:function(){return Q.p}})`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:function get(){return Q.p}})`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:function(){return Q}})`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:function(){return Q['p']}})`,
  `Object.defineProperty(exports,'a',{value:1})`,
  `Object.defineProperty(exports,'a',{enumerable:true,value:1})`,
  `Object.defineProperty(exports,'a',{configurable:true,value:1})`,
  `Object.defineProperty(exports,'a',{enumerable:false,value:1})`,
  `Object.defineProperty(module.exports,'a',{value:1})`,
  `Object.defineProperty(exports,'__esModule',{value:true});exports.a=1`,
  `Object.defineProperty(exports,'a',Q)`,
  `Object.defineProperties(exports,{a:{value:1}})`,
  `exports.__esModule=true;exports.a=1`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:function(){return Q.p.q}})`,
  `Object.defineProperty(exports,'a',{enumerable:true,get:function(){return Q.p},set(){}})`,
  `module.exports=require('./r.cjs')`,
  `module.exports=require('./r.cjs');module.exports.a=1`,
  `if(1)module.exports=require('./r.cjs');else module.exports=require('./s.cjs')`,
  `if(0)module.exports=require('./s.cjs');else module.exports=require('./r.cjs')`,
  `exports.a=1;module.exports=require('./r.cjs')`,
  `function __exportStar(m,e){for(const k in m)e[k]=m[k]}__exportStar(require('./r.cjs'),exports)`,
  `function __export(m){for(const k in m)exports[k]=m[k]}__export(require('./r.cjs'))`,
  `const t={__exportStar(m,e){for(const k in m)e[k]=m[k]}};t.__exportStar(require('./r.cjs'),exports)`,
  `const t={__exportStar(m,e){for(const k in m)e[k]=m[k]}};(0,t.__exportStar)(require('./r.cjs'),exports)`,
  `var _r=require('./r.cjs');Object.keys(_r).forEach(function(key){if(key==='default'||key==='__esModule')return;exports[key]=_r[key]})`,
  `var _r=require('./r.cjs');Object.keys(_r).forEach(function(key){if(key==='default'||key==='__esModule')return;if(key in exports&&exports[key]===_r[key])return;Object.defineProperty(exports,key,{enumerable:true,get:function(){return _r[key]}})})`,
  `var _r=require('./r.cjs');Object.keys(_r).forEach(k=>{exports[k]=_r[k]})`,
  `Object.assign(exports,require('./r.cjs'))`,
  `Object.assign(module.exports,{a:1})`,
  `module.exports=exports={b,c}`,
  `exports=module.exports={b,c}`,
  `module.exports=Object.assign({},Q)`,
  `module.exports=function(){};module.exports.a=1`,
  `0&&(module.exports={b,c});exports.b=1`,
  `module.exports=new Date();exports.x=1`,
  `module.exports=(function(){return {a:1}})()`,
  `module.exports = {b}\nmodule.exports = {c}`,
  `const r=require('./r.cjs');module.exports=r`,
  `module.exports={__proto__:null,b}`,
  `exports.a=1;delete exports.a`,
  `(function(e){e.a=1})(exports)`,
  `(function(exports){exports.a=1})(exports)`,
  `(function(root,factory){factory(exports)})(this,function(exports){exports.a=1;exports.b=2})`,
  `!function(e,t){typeof exports=='object'?t(exports):0}(this,function(e){e.a=1})`,
  `module.exports=require('node:path')`,
  `exports.π=1;exports['a-b']=1`,
  `// exports.x=1\nexports.a=1;/* exports.y=2 */ var s='exports.z=1';exports.x=exports.y=exports.z=2`,
  `exports.a=/exports.b=1/;exports['b']=1`,
  `for(const k of ['a'])exports[k]=1`,
];
const before = 'const Q = { p: 1, z: 2 }, b = 1, c = 2, d = 3, f = 4;\n';
fs.writeFileSync(path.join(folder, 'r.cjs'), 'exports.ra = 1; exports.rb = 2; exports.default = 3;');
fs.writeFileSync(path.join(folder, 's.cjs'), 'exports.sa = 1;');

for (const [i, form] of forms.entries()) {
  const file = path.join(folder, `${i}.cjs`);
  fs.writeFileSync(file, before + form);
  const names = Object.keys(await import(file)).filter((name) => name !== 'default');
  console.log(`${names.join(' ') || '-'} | ${form}`);
}
