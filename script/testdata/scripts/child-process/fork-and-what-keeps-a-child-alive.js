// Listeners of message and disconnect, unless the channel says otherwise.
const cp = require('child_process');

const kinds = {
  nothing() {},
  message: () => process.on('message', () => {}),
  once: () => process.once('message', () => {}),
  unref() {
    process.on('message', () => {});
    process.channel.unref();
  },
  ref() {
    process.channel.ref();
    process.on('disconnect', () => {});
  },
  late: () => setTimeout(() => process.on('message', (message) => {
    if (message !== 'a') process.exit(1);
    process.exit();
  }), 100),
  throws() {
    throw new Error('x');
  },
};
if (process.argv[2] !== undefined) return kinds[process.argv[2]]();

(async () => {
  for (const kind of Object.keys(kinds)) {
    const child = cp.fork(__filename, [kind], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
    let parted = false;
    child.on('disconnect', () => console.log(kind, 'disconnect', parted));
    const timer = ['message', 'ref'].includes(kind) && setTimeout(() => {
      parted = true;
      child.disconnect();
    }, 400);
    if (kind === 'once' || kind === 'late') child.send('a');
    console.log(kind, 'exit', ...await new Promise((resolve) => child.on('exit', (...args) => resolve(args))));
    clearTimeout(timer);
  }
})();
