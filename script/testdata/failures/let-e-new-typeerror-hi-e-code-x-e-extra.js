let e=new TypeError("hi"); e.code="X"; e.extra={a:1};
function f() { throw e; }
f()
