module github.com/duplex-go/duplex/bench

go 1.25.0

require (
	github.com/cloudwego/netpoll v0.7.2
	github.com/duplex-go/duplex v0.0.0
	golang.org/x/sys v0.47.0
)

require (
	github.com/bytedance/gopkg v0.1.1 // indirect
	github.com/cloudwego/gopkg v0.1.4 // indirect
)

replace github.com/duplex-go/duplex => ../
