// Copyright 2026 The duplex authors. MIT license.

const util=require('util')
console.log(util.format('%s %s %s %s %s %s',1,-0,1n,Symbol('a'),{a:{b:{c:1}}},[1,[2,[3]]]));
console.log(util.format('%s',class A{}),util.format('%s',function f(){}),util.format('%s',new (class A{toString(){return 'AA'}})),util.format('%s',new Date(0)),util.format('%s',null,undefined));
console.log(util.format('%s',{toString(){return 'own'}}), util.format('%s', Object.create(null)), util.format('%s',Object.create({toString(){return 'inh'}})), util.format('%s',new (class B extends Error{})('x')).split('\n')[0], util.format('%s',new (class X extends Date{})(0)), util.format('%s',Object.create({[Symbol.toPrimitive](){return 'prim'}})),util.format('%s',{[Symbol.toPrimitive](){return 'prim'}}));
console.log(util.format('%d %d %d %d %d %d',1,'2',3n,Symbol(),{},-0), util.format('%i %i %i %i %i',1.5,'2.7x',3n,Symbol('x'),{}), util.format('%f %f %f',1.5,'2.7x',Symbol()));
console.log(util.format('%j %j %j',{a:1},'x',undefined), util.format('%j',(()=>{const a={};a.a=a;return a})()));
console.log(util.format('%o',{a:[1,{b:2}],f(){}}));
console.log(util.format('%O',{a:{b:{c:{d:{e:1}}}}}));
console.log(util.format('%c%s','css','x'),util.format('%%%s','x'),util.format('%s'),util.format('%x',1),util.format('a','b',{c:1}),util.format(1,2,'3'),util.format('%s %s','a'),util.format('100%',1),util.format('%',1),util.format(),util.format('%%'),util.format('%% ',1),util.format(undefined,'x'),util.format('%s','%s','b'), util.format('%s%',1), util.format('a%sb%sc','x'));
console.log(util.format('%s','a'.repeat(3),Symbol('q'),-0,'x'),util.format('%d','0x10'),util.format('%d',''),util.format('%i',''),util.format('%d',{valueOf(){return 3}}),util.format('%s',[1,2,{a:{b:1}}]), util.format('%s',()=>5));
try{util.format('%j',{toJSON(){throw new Error('bad')}})}catch(e){console.log(e.message)}
try{console.log(util.format('%j',1n))}catch(e){console.log(e.message)}
console.log(util.formatWithOptions({colors:true},'%s %O %d',5,{a:1},7,{b:1},'x'));
try{util.formatWithOptions(1,'x')}catch(e){console.log(e.code,e.message)}
console.log(util.format('%s',new Error('x')).split('\n')[0],util.format('%s',class A extends Date{}), util.format('%s',new (class Z{})), util.format('%s',[]), util.format('%s',Object(1)),util.format('%s',/x/),util.format('%s',new Proxy({toString(){return 'p'}},{})), util.format('%s', new Map([[1,{}]])), util.format('%s',Symbol('a')));
console.log(util.format('%o',function foo(){}));
console.log(util.format('%o',[1,{a:{b:{c:{d:{e:1}}}}}]));
console.log(util.format('%O',[1,{a:{b:{c:{d:{e:1}}}}}]),util.format('%j',[1]),util.format('%j'),util.format('%s%s','a'),util.format('%'), util.format('%s %'), util.format('a%','b'), util.format('%d%i%f', '1','2','3'), util.format('%%s','x'),util.format('%s%%','x'),util.format('%%%%','x'));
console.log(util.format(null,{a:1}),util.format({a:1},'b'),util.format(Symbol('x')),util.format('a',Symbol('x'),-0,'b',1n),util.format(-0));
