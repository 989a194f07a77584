// Input: "some text\n"
const { stdin } = process;
console.log(stdin.constructor.name, stdin.fd, stdin.readable, stdin.readableHighWaterMark);
stdin.on('data', (chunk) => console.log(String(chunk)));
stdin.on('end', () => console.log('end')).on('close', (...args) => console.log('close', ...args));
