module github.com/duplex-go/duplex/bench

go 1.25.0

require (
	github.com/duplex-go/duplex v0.0.0
	golang.org/x/sys v0.47.0
)

replace github.com/duplex-go/duplex => ../
