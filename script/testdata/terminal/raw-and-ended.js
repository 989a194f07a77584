process.stdin.setRawMode(true);
process.stdin.resume();
console.log('raw', process.pid);
