// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"testing"

	"github.com/dop251/goja"
	"golang.org/x/sys/unix"

	"github.com/duplex-go/duplex/script"
)

// The type of service, and the times of keep-alive, are set before and after the
// connection is made; the kernel says what it has.
func TestOptionsThatNodeGainedAfter20ReachTheKernel(t *testing.T) {
	if portable {
		t.Skip("the driver portable shows no descriptors")
	}
	r := &script.Runtime{Modules: map[string]func(*goja.Runtime, *goja.Object){
		"kernel": func(vm *goja.Runtime, exports *goja.Object) {
			exports.Set("options", func(fd int) string {
				text := ""
				for _, o := range []struct{ level, name int }{
					{unix.IPPROTO_IP, unix.IP_TOS}, {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
					{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE}, {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL}, {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
				} {
					n, err := unix.GetsockoptInt(fd, o.level, o.name)
					if err != nil {
						return err.Error()
					}
					text += " " + vm.ToValue(n).String()
				}
				return text
			})
		},
	}}
	got := told(t, r, `
		const net = require('net');
		const { options } = require('kernel');
		const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
			const socket = new net.Socket({ typeOfService: 16 });
			socket.setKeepAlive(true, 3000, 2000, 4);
			socket.connect(server.address().port, '127.0.0.1');
			const say = (words) => new Promise((resolve) => setTimeout(() => resolve(console.log(words + options(socket._handle.fd))), 5));
			socket.on('ready', async () => {
				await say('before:');
				socket.setTypeOfService(8).setKeepAlive({ enable: true, initialDelay: 5000, interval: 7000, count: 6 });
				await say('after:');
				socket.setKeepAlive(true, 6000);
				await say('probes stay:');
				socket.setKeepAlive({ enable: false });
				await say('off:');
				socket.end().resume();
				server.close();
			});
		});`)
	want := "before: 16 1 3 2 4\nafter: 8 1 5 7 6\nprobes stay: 8 1 6 7 6\noff: 8 0 6 7 6\n"
	if got != want {
		t.Errorf("the kernel has\n%swant\n%s", got, want)
	}
}
