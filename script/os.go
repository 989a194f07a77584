// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/binary"
	"net"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// bindOS is binding('os'):
//
//	type, release, version, machine: of the system, as uname has them
//	hostname(), uptime(), loads(), memory() → [total, free] in bytes, cpus(), parallel(),
//	interfaces(), user(), endianness(), getPriority(pid), setPriority(pid, priority)
func bindOS(r *Runtime, exports *goja.Object) {
	vm := r.vm
	set := func(name string, f func(goja.FunctionCall) any) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value { return vm.ToValue(f(call)) })
	}
	for name, value := range systemNames() {
		exports.Set(name, value)
	}
	set("hostname", func(goja.FunctionCall) any {
		name, _ := os.Hostname()
		return name
	})
	set("uptime", func(goja.FunctionCall) any { return systemUptime() })
	set("loads", func(goja.FunctionCall) any {
		loads := systemLoads()
		return vm.NewArray(loads[0], loads[1], loads[2])
	})
	set("memory", func(goja.FunctionCall) any {
		total, free := systemMemory()
		return vm.NewArray(total, free)
	})
	set("parallel", func(goja.FunctionCall) any { return runtime.NumCPU() })
	set("endianness", func(goja.FunctionCall) any {
		if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
			return "BE"
		}
		return "LE"
	})
	set("cpus", func(goja.FunctionCall) any {
		var cpus []any
		for _, c := range systemCPUs() {
			o, times := vm.NewObject(), vm.NewObject()
			o.Set("model", c.model)
			o.Set("speed", c.speed)
			for i, name := range []string{"user", "nice", "sys", "idle", "irq"} {
				times.Set(name, c.times[i])
			}
			o.Set("times", times)
			cpus = append(cpus, o)
		}
		return vm.NewArray(cpus...)
	})
	set("interfaces", func(goja.FunctionCall) any { return r.interfaces() })
	set("user", func(goja.FunctionCall) any {
		o := vm.NewObject()
		u, err := user.Current()
		if err != nil {
			u = &user.User{Uid: strconv.Itoa(os.Getuid()), Gid: strconv.Itoa(os.Getgid())}
		}
		uid, gid := -1, -1
		if runtime.GOOS != "windows" {
			uid, _ = strconv.Atoi(u.Uid)
			gid, _ = strconv.Atoi(u.Gid)
		}
		o.Set("uid", uid)
		o.Set("gid", gid)
		o.Set("username", u.Username)
		o.Set("homedir", u.HomeDir)
		o.Set("shell", goja.Null())
		if shell := loginShell(u.Uid); shell != "" {
			o.Set("shell", shell)
		}
		return o
	})
	set("getPriority", func(call goja.FunctionCall) any { return priority(int(call.Argument(0).ToInteger())) })
	set("setPriority", func(call goja.FunctionCall) any {
		setPriority(int(call.Argument(0).ToInteger()), int(call.Argument(1).ToInteger()))
		return nil
	})
}

// loginShell returns what the system's list of users says, "" where there is none.
func loginShell(uid string) string {
	text, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) == 7 && fields[2] == uid {
			return fields[6]
		}
	}
	return ""
}

// interfaces returns os.networkInterfaces(): those that are up, IPv4 first.
func (r *Runtime) interfaces() goja.Value {
	vm := r.vm
	result := vm.NewObject()
	all, err := net.Interfaces()
	if err != nil {
		return result
	}
	for _, family := range []int{4, 6} {
		for _, i := range all {
			if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagRunning == 0 {
				continue
			}
			addresses, _ := i.Addrs()
			for _, a := range addresses {
				n, ok := a.(*net.IPNet)
				if !ok || (n.IP.To4() != nil) != (family == 4) {
					continue
				}
				o := r.address(&i, n, family)
				if list, ok := result.Get(i.Name).(*goja.Object); ok {
					push, _ := goja.AssertFunction(list.Get("push"))
					push(list, o)
				} else {
					result.Set(i.Name, vm.NewArray(o))
				}
			}
		}
	}
	return result
}

func (r *Runtime) address(i *net.Interface, n *net.IPNet, family int) *goja.Object {
	o := r.vm.NewObject()
	mac := i.HardwareAddr.String()
	if mac == "" {
		mac = "00:00:00:00:00:00"
	}
	ones, _ := n.Mask.Size()
	o.Set("address", n.IP.String())
	o.Set("netmask", net.IP(n.Mask).String())
	o.Set("family", "IPv"+strconv.Itoa(family))
	o.Set("mac", mac)
	o.Set("internal", i.Flags&net.FlagLoopback != 0)
	o.Set("cidr", n.IP.String()+"/"+strconv.Itoa(ones))
	if family == 6 {
		scope := 0
		if n.IP.IsLinkLocalUnicast() {
			scope = i.Index
		}
		o.Set("scopeid", scope)
	}
	return o
}

// A cpu is what os.cpus() tells of one.
type cpu struct {
	model string
	speed int
	times [5]int64 // user, nice, sys, idle, irq, in milliseconds
}
