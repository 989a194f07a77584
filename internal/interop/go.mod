module github.com/duplex-go/duplex/internal/interop

go 1.25.0

require (
	github.com/duplex-go/duplex v0.1.0
	github.com/pires/go-proxyproto v0.15.0
	github.com/rogpeppe/go-internal v1.14.1
)

require golang.org/x/sys v0.47.0 // indirect

replace github.com/duplex-go/duplex => ../../
