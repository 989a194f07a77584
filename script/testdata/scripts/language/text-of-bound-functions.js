// A bound function has no name in its text.
function bound () { return 'a'; }
console.log(bound.bind().toString(), (() => 1).bind().toString(), bound.bind().bind().toString());
console.log(String(class { static m() {} }.m.bind()), Math.max.bind().toString());
console.log(bound.toString(), bound.bind().name);
