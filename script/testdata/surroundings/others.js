// Copyright 2026 The duplex authors. MIT license.

const {performance:p,PerformanceObserver}=require('perf_hooks'); console.log(p.now()>0,typeof p.timeOrigin,globalThis.performance===p); new PerformanceObserver(l=>console.log(l.getEntries().map(e=>e.name))).observe({entryTypes:['measure']}); p.mark('a');p.mark('b');const m=p.measure('m','a','b');console.log(m.duration>=0,m.name,m.entryType,p.getEntriesByType('mark').length);try{p.measure('x','zz')}catch(e){console.log(e.name,e.message)}
const vm=require('vm');console.log(vm.runInThisContext('1+1'),new vm.Script('2*3').runInThisContext());
console.log(new URL('http://u:p@h:1/a?b=c#d'),new URLSearchParams('a=1&b'),[new URL('http://h')],require('worker_threads').isMainThread,require('cluster').isPrimary);
console.log(require('querystring').parse('a=1&a=2&b=%20+&c'),require('querystring').stringify({a:[1,2],b:'x y',c:true,d:null}));
