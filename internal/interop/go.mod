module github.com/duplex-go/duplex/internal/interop

go 1.25.0

require (
	github.com/Shopify/toxiproxy/v2 v2.12.0
	github.com/duplex-go/duplex v0.1.0
	github.com/pires/go-proxyproto v0.15.0
	github.com/redis/go-redis/v9 v9.7.3
	github.com/rogpeppe/go-internal v1.14.1
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_model v0.6.2 // indirect
	github.com/prometheus/common v0.66.1 // indirect
	github.com/prometheus/procfs v0.16.1 // indirect
	go.yaml.in/yaml/v2 v2.4.2 // indirect
	google.golang.org/protobuf v1.36.8 // indirect
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dgryski/go-rendezvous v0.0.0-20200823014737-9f7001d12a5f // indirect
	github.com/duplex-go/duplex/metrics v0.1.0
	github.com/grafana/grafana-foundation-sdk/go v0.0.22
	github.com/prometheus/client_golang v1.23.2
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/duplex-go/duplex => ../../

replace github.com/duplex-go/duplex/metrics => ../../metrics
