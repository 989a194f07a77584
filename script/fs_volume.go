// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"math/big"

	"github.com/dop251/goja"
)

// A volume is the result of statfs for a file system, in Node's order: type, bsize, blocks,
// bfree, bavail, files, ffree.
type volume [7]int64

// doStatfs is (path, exact); it gives the numbers of the volume that path is on.
func (f *files) doStatfs(a fileArgs) (*fileCall, error) {
	path, exact := a.text(0), a.yes(1)
	if err := f.allow("read", path); err != nil {
		return nil, err
	}
	var v volume
	return &fileCall{
		work: func() (err error) {
			v, err = statVolume(path)
			return failed(err, "statfs", path, "")
		},
		result: func() goja.Value {
			var numbers []any
			for _, n := range v {
				if exact {
					numbers = append(numbers, big.NewInt(n))
				} else {
					numbers = append(numbers, n)
				}
			}
			return f.r.vm.NewArray(numbers...)
		},
	}, nil
}
