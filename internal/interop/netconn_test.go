// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/netconn"
)

// A client of Redis that is written for package net runs over netconn: its pool of
// connections, deadlines, long values and a call that waits and is given up.
func TestAClientOfRedisRunsOverNetconn(t *testing.T) {
	port := startRedis(t)
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			d := &netconn.Dialer{Client: &duplex.Client{Engine: engine(t, driver)}}
			client := redis.NewClient(&redis.Options{
				Addr: "127.0.0.1:" + port,
				Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
					return d.DialContext(ctx, network, addr)
				},
				MaxRetries: -1,
			})
			defer client.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			var group sync.WaitGroup
			for i := range 8 {
				group.Go(func() {
					key := driver + string(rune('a'+i))
					long := strings.Repeat(key, 20_000*(i+1))
					for range 20 {
						if err := client.Set(ctx, key, long, 0).Err(); err != nil {
							t.Error(err)
							return
						}
						if got, err := client.Get(ctx, key).Result(); err != nil || got != long {
							t.Errorf("got %d bytes of %d, %v", len(got), len(long), err)
							return
						}
					}
				})
			}
			group.Wait()
			if err := client.BLPop(ctx, time.Second, driver+"empty").Err(); !errors.Is(err, redis.Nil) {
				t.Errorf("a list that stays empty: %v", err)
			}
			if err := client.Ping(ctx).Err(); err != nil {
				t.Error(err)
			}
		})
	}
}
