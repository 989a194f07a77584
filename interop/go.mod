module github.com/duplex-go/duplex/interop

go 1.25.0

require (
	github.com/duplex-go/duplex v0.1.0
	github.com/pires/go-proxyproto v0.15.0
	github.com/redis/go-redis/v9 v9.7.3
	github.com/rogpeppe/go-internal v1.14.1
)

require (
	github.com/cespare/xxhash/v2 v2.2.0 // indirect
	github.com/dgryski/go-rendezvous v0.0.0-20200823014737-9f7001d12a5f // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/duplex-go/duplex => ../
