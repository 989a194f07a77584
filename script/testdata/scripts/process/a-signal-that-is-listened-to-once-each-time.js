// A listener of process.once is gone when it has run. The signal that it has heard does
// not end the process, however often that is.
let rest = 300;
const alive = setInterval(() => {}, 1000);

function send() {
  if (rest-- === 0) {
    console.log('alive');
    clearInterval(alive);
    return;
  }
  process.once('SIGUSR2', () => setImmediate(send));
  process.kill(process.pid, 'SIGUSR2');
}
send();
