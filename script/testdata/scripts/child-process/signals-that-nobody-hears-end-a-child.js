// A signal ends a process that does not listen to it, or does nothing, as the system
// says; a process that listens goes on.
const { spawn } = require('child_process');

const names = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGUSR2',
  'SIGSEGV', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGXCPU', 'SIGXFSZ', 'SIGVTALRM',
  'SIGWINCH', 'SIGIO', 'SIGPWR', 'SIGSYS'];
const harmless = ['SIGPIPE', 'SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGXFSZ', 'SIGWINCH'];
const deaf = 'process.stdin.on("end", () => process.exit(7)).resume(); console.log("up")';
const hears = name => `process.on(${JSON.stringify(name)}, s => { console.log("heard", s); process.exit(9); }); ${deaf}`;
const busy = 'console.log("up"); for (;;);';

function play(title, code, name) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['-e', code]);
    let said = '';
    let wrong = '';
    child.stderr.on('data', text => { wrong += text; });
    child.stdout.on('data', text => {
      const first = said === '';
      said += text;
      if (first) {
        process.kill(child.pid, name);
        if (title === 'deaf' && harmless.includes(name)) {
          child.stdin.end();
        }
      }
    });
    child.on('close', (exit, signal) => {
      console.log(title, name, exit, signal, JSON.stringify(said), JSON.stringify(wrong));
      resolve();
    });
  });
}

(async () => {
  for (const name of names) {
    await play('deaf', deaf, name);
  }
  for (const name of ['SIGQUIT', 'SIGUSR2', 'SIGTERM', 'SIGALRM']) {
    await play('listening', hears(name), name);
    await play('busy', busy, name);
  }
})();
