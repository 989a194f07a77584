// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/script"
)

// play runs source and returns what it prints.
func play(t *testing.T, r *script.Runtime, source string) string {
	t.Helper()
	var out bytes.Buffer
	r.Stdout, r.Stderr = &out, &out
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := r.RunString(ctx, "main.js", source); err != nil {
		t.Errorf("RunString: %v", err)
	}
	return out.String()
}

func TestNothingIsGrantedByDefault(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.js")
	if err := os.WriteFile(secret, []byte("console.log('leaked')"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Getwd()
	defer func() {
		if after, _ := os.Getwd(); after != before {
			t.Errorf("the host is in %s, and was in %s", after, before)
		}
	}()
	socket := socketOfTheHost(t)
	for name, source := range map[string]string{
		"read":     `require('fs').readFileSync(SECRET)`,
		"write":    `require('fs').writeFileSync(SECRET + '2', 'x')`,
		"list":     `require('fs').readdirSync(require('path').dirname(SECRET))`,
		"open":     `require('fs').openSync(SECRET)`,
		"promises": `require('fs').promises.readFile(SECRET).catch((e) => { console.log('refused', e.code); })`,
		"module":   `require(SECRET)`,
		"listen":   `require('net').createServer().on('error', (e) => console.log('refused', e.code)).listen(0, '127.0.0.1', () => process.exit(9))`,
		"connect":  `require('net').connect(9, '127.0.0.1').on('error', (e) => console.log('refused', e.code))`,
		"tls":      `require('tls').connect(9, '127.0.0.1').on('error', (e) => console.log('refused', e.code))`,
		"roots":    `require('tls').rootCertificates.length > 0 || console.log('refused')`,
		"lookup":   `require('dns').lookup('localhost', (e, a) => console.log(e ? 'refused' : a))`,
		"kill":     `process.kill(process.pid, 'SIGKILL')`,
		"abort":    `process.abort()`,
		"chdir":    `process.chdir('/')`,
		"umask":    `process.umask(0)`,
		"fd":       `new (require('net').Socket)({ fd: SOCKET })`,
		"fork":     `require('child_process').fork(SECRET).on('error', (e) => console.log('refused', e.code))`,
		"channel":  `process.send || { length: console.log('refused') }`,
		"run":      `require('child_process').spawnSync('true').error || console.log('it ran')`,
	} {
		t.Run(name, func(t *testing.T) {
			source = strings.ReplaceAll(source, "SOCKET", strconv.Itoa(socket))
			source = strings.ReplaceAll(source, "SECRET", "'"+filepath.ToSlash(secret)+"'")
			got := play(t, &script.Runtime{Env: []string{"NODE_CHANNEL_FD=" + strconv.Itoa(socket)}}, "try { const x = "+source+"; if (x instanceof Error) console.log('refused', x.code); } catch (e) { console.log('refused', e.code); }")
			if !strings.Contains(got, "refused") {
				t.Errorf("got %q, want it refused", got)
			}
		})
	}
	entries, err := os.ReadDir(filepath.Dir(secret))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v (%v), want the secret alone", entries, err)
	}
}

// socketOfTheHost returns the descriptor of a connection that is the host's.
func socketOfTheHost(t *testing.T) int {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	raw.Control(func(fd uintptr) { number = int(fd) })
	return number
}

func TestAChildGetsNoDescriptorOfTheHosts(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("descriptors cannot be given here")
	}
	socket := strconv.Itoa(socketOfTheHost(t))
	source := `console.log(require('child_process').spawnSync('true', { stdio: ['ignore', ` + socket + `] }).error?.code)`
	for want, own := range map[string]bool{"EBADF\n": false, "undefined\n": true} {
		if got := play(t, &script.Runtime{Env: os.Environ(), Files: script.Allow, Process: own}, source); got != want {
			t.Errorf("Process %v: got %q, want %q", own, got, want)
		}
	}
}

func TestHostDecidesOnEachFileAndAddress(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "open"), []byte("what is open"), 0o600); err != nil {
		t.Fatal(err)
	}
	var asked []string
	r := &script.Runtime{
		Files: func(op, path string) error {
			asked = append(asked, op+" "+filepath.Base(path))
			if strings.HasSuffix(path, "open") {
				return nil
			}
			return os.ErrPermission
		},
		Network: func(op, network, address string) error {
			asked = append(asked, op+" "+network+" "+address)
			if op == "listen" {
				return nil
			}
			return os.ErrPermission
		},
	}
	got := play(t, r, `
		const fs = require('fs');
		const dir = '`+filepath.ToSlash(dir)+`/';
		console.log(fs.readFileSync(dir + 'open', 'utf8'));
		try { fs.readFileSync(dir + 'closed'); } catch (e) { console.log(e.code); }
		const server = require('net').createServer().listen(0, '127.0.0.1', () => {
			require('net').connect(server.address().port, '127.0.0.1').on('error', (e) => { console.log(e.syscall, e.code); server.close(); });
		});
	`)
	if want := "what is open\nERR_ACCESS_DENIED\nconnect EACCES\n"; got != want {
		t.Errorf("got %q, want %q (asked %q)", got, want, asked)
	}
}

func TestLinkDoesNotLeadOutOfWhatIsGranted(t *testing.T) {
	inside, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("leaked"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"file": filepath.Join(outside, "secret"), "folder": outside, "new": filepath.Join(outside, "new")} {
		if err := os.Symlink(target, filepath.Join(inside, name)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	real, err := filepath.EvalSymlinks(inside)
	if err != nil {
		t.Fatal(err)
	}
	got := play(t, &script.Runtime{Files: func(_, path string) error {
		if strings.HasPrefix(path, inside) || strings.HasPrefix(path, real) {
			return nil
		}
		return os.ErrPermission
	}}, `
		const fs = require('fs');
		const dir = '`+filepath.ToSlash(inside)+`';
		for (const f of [() => fs.readFileSync(dir + '/file'), () => fs.readFileSync(dir + '/folder/secret'), () => fs.writeFileSync(dir + '/new', 'x'),
			() => fs.writeFileSync(dir + '/folder/new', 'x'), () => fs.readdirSync(dir + '/folder'), () => fs.writeFileSync(dir + '/mine', 'x')]) {
			try { console.log(f()); } catch (e) { console.log(e.code); }
		}
	`)
	if want := strings.Repeat("ERR_ACCESS_DENIED\n", 5) + "undefined\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHostHasModulesOfItsOwn(t *testing.T) {
	made := 0
	r := &script.Runtime{Modules: map[string]func(*goja.Runtime, *goja.Object){
		"host": func(vm *goja.Runtime, exports *goja.Object) {
			made++
			exports.Set("double", func(n int) int { return 2 * n })
			exports.Set("fail", func() error { return errors.New("no luck") })
		},
	}}
	got := play(t, r, `
		const host = require('host');
		console.log(host.double(21), require('host') === host);
		try { host.fail(); } catch (e) { console.log(String(e)); }
	`)
	if want := "42 true\n"; !strings.HasPrefix(got, want) || !strings.Contains(got, "no luck") || made != 1 {
		t.Errorf("got %q, and the module made %d times", got, made)
	}
}

func TestContextInterruptsAScriptThatNeverReturns(t *testing.T) {
	for name, source := range map[string]string{
		"computing": `for (;;);`,
		"ticking":   `const f = () => process.nextTick(f); f();`,
		"promising": `const f = () => Promise.resolve().then(f); f();`,
		"waiting":   `setInterval(() => {}, 1000);`,
		"catching":  `for (;;) { try { for (;;); } catch {} finally { continue; } }`,
		"assembled": `new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0,
			2, 7, 1, 1, 109, 1, 102, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 1, 10, 11, 1, 9, 0, 16, 0, 3, 64, 12, 0, 11, 11])),
			{ m: { f() { require('started'); } } }).exports.f();`, // calls the import, then loops
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			r := &script.Runtime{Modules: map[string]func(*goja.Runtime, *goja.Object){
				"started": func(*goja.Runtime, *goja.Object) { cancel() },
			}}
			if name != "assembled" {
				source = "require('started');" + source
			}
			if _, err := r.RunString(ctx, "main.js", source); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that it was canceled", err)
			}
		})
	}
}

func TestTwoScriptsShareALoop(t *testing.T) {
	e := &duplex.Engine{Loops: 1}
	defer e.Close()
	ports := make(chan int, 1)
	host := map[string]func(*goja.Runtime, *goja.Object){
		"host": func(_ *goja.Runtime, exports *goja.Object) { exports.Set("listens", func(port int) { ports <- port }) },
	}
	served := make(chan string)
	go func() {
		served <- play(t, &script.Runtime{Engine: e, Network: script.AllowNetwork, Modules: host}, `
			const server = require('net').createServer((s) => { s.end('from the other script'); server.close(); });
			server.listen(0, '127.0.0.1', () => require('host').listens(server.address().port));
			server.on('close', () => console.log('served'));
		`)
	}()
	r := &script.Runtime{Engine: e, Network: script.AllowNetwork, Env: []string{"PORT=" + strconv.Itoa(<-ports)}}
	got := play(t, r, `require('net').connect(process.env.PORT, '127.0.0.1').setEncoding('utf8').on('data', console.log);`)
	if want := "from the other script\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := <-served; got != "served\n" {
		t.Errorf("the server printed %q", got)
	}
}

func TestPostRunsOnTheLoopOfAScript(t *testing.T) {
	var out bytes.Buffer
	r := &script.Runtime{Stdout: &out}
	r.Modules = map[string]func(*goja.Runtime, *goja.Object){
		"host": func(*goja.Runtime, *goja.Object) {
			go r.Post(func(vm *goja.Runtime) {
				if _, err := vm.RunString(`process.nextTick(done)`); err != nil {
					t.Error(err)
				}
			})
		},
	}
	code, err := r.RunString(t.Context(), "main.js", `
		require('host');
		const wait = setInterval(() => {}, 1000);
		globalThis.done = () => { console.log('posted'); clearInterval(wait); process.exitCode = 3; };
	`)
	if code != 3 || err != nil || out.String() != "posted\n" {
		t.Errorf("got %d, %v, %q", code, err, out.String())
	}
}

func TestRuntimeRefusesWhatItCannot(t *testing.T) {
	if _, err := (&script.Runtime{Engine: &duplex.Engine{}}).RunString(t.Context(), "main.js", ""); err == nil {
		t.Error("an Engine of many loops: no error")
	}
	r := &script.Runtime{}
	if _, err := r.RunString(t.Context(), "main.js", ""); err != nil {
		t.Error(err)
	}
	if _, err := r.RunString(t.Context(), "main.js", ""); err != script.ErrUsed {
		t.Errorf("a second script: got %v, want ErrUsed", err)
	}
}

// A Go function of the host's that panics ends the script, and not the program.
func TestHostsPanicIsAnErrorOfRun(t *testing.T) {
	r := &script.Runtime{Modules: map[string]func(*goja.Runtime, *goja.Object){
		"host": func(_ *goja.Runtime, exports *goja.Object) { exports.Set("crash", func() { panic("on purpose") }) },
	}}
	_, err := r.RunString(t.Context(), "main.js", `setTimeout(() => require('host').crash(), 1)`)
	if err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("got %v, want the panic", err)
	}
}
