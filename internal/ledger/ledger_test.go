// Copyright 2026 The duplex authors. MIT license.

package ledger

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// member is a holder with a name.
type member struct{ n int }

func (*member) Shed() {}

// TestVictimsAreTheNewestThatAreWorthIt compares stakes that come and go at random with a
// plain list.
func TestVictimsAreTheNewestThatAreWorthIt(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		b := new(Ledger)
		b.Open(0, 0)
		a := NewAccount(b, 0)
		type entry struct {
			m     *member
			stake uint32
			held  int64
			dead  bool
		}
		var list []*entry // the oldest first
		for n := range 300 {
			switch r.IntN(4) {
			case 0, 1:
				m := &member{n}
				list = append(list, &entry{m: m, stake: a.Enter(m)})
			case 2:
				if len(list) > 0 {
					i := r.IntN(len(list))
					a.Leave(list[i].stake)
					list = slices.Delete(list, i, i+1)
				}
			case 3:
				if len(list) > 0 {
					e := list[r.IntN(len(list))]
					h := Holding{In: r.Int64N(2 * crumb), Out: r.Int64N(2) * r.Int64N(crumb), Lent: r.Int64N(2) * r.Int64N(crumb)}
					if r.IntN(3) == 0 {
						h = Holding{}
					}
					a.Set(e.stake, h)
					e.held = h.In + h.Out + h.Lent
					if r.IntN(8) == 0 {
						a.Doom(e.stake)
						e.dead = true
					}
				}
			}
		}
		excess := r.Int64N(40 * crumb)
		var want []Holder
		for left, round := excess, 0; round < 2; round++ {
			for _, e := range slices.Backward(list) {
				if left > 0 && e.held > 0 && !e.dead && (e.held < crumb) == (round == 1) {
					want = append(want, e.m)
					left -= e.held
				}
			}
		}
		if got := a.stakes.victims(excess); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d victims, want %d", seed, len(got), len(want))
		}
		var in, doomed int64
		for _, e := range list {
			s := a.stakes.at(e.stake)
			in += s.in.Load() + s.out.Load()
			if e.dead {
				doomed += s.in.Load() + s.out.Load()
			}
		}
		if b.used() != in || b.doomed.Load() != doomed {
			t.Fatalf("seed %d: %d are used and %d doomed, want %d and %d", seed, b.used(), b.doomed.Load(), in, doomed)
		}
		for _, e := range list {
			a.Leave(e.stake)
		}
		if b.used() != 0 || b.doomed.Load() != 0 || a.stakes.newest != 0 {
			t.Fatalf("seed %d: nothing is left, and %d are used, %d doomed", seed, b.used(), b.doomed.Load())
		}
	}
}

// TestStakesAreUsedAgain has many goroutines take and leave stakes.
func TestStakesAreUsedAgain(t *testing.T) {
	a := NewAccount(nil, 1<<20)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				var mine []uint32
				for range 20 {
					i := a.Enter(new(member))
					a.Set(i, Holding{In: 1, Out: 2})
					mine = append(mine, i)
				}
				for _, i := range mine {
					a.Leave(i)
				}
			}
		})
	}
	group.Wait()
	if used := a.Queued(); used != 0 || a.stakes.used > 8*20 {
		t.Errorf("%d bytes count, and %d stakes were made, want 0 and at most 160", used, a.stakes.used)
	}
}

// TestAStrainFollowsTheMarks goes through every mark in both directions.
func TestAStrainFollowsTheMarks(t *testing.T) {
	for _, c := range []struct {
		limit int
		use   []int64
		want  []strain
	}{
		{400, []int64{0, 199, 299, 300, 200, 199, 300, 400, 401, 400, 300, 299, 200, 199, 401, 0},
			[]strain{relaxed, relaxed, relaxed, strained, strained, relaxed, strained, strained, breached, breached, breached, strained, strained, relaxed, breached, relaxed}},
		{1, []int64{0, 1, 2, 1, 0}, []strain{relaxed, strained, breached, breached, relaxed}},
		{-1, []int64{0, 1 << 50, 0}, []strain{relaxed, relaxed, relaxed}},
	} {
		b := new(Ledger)
		b.Open(c.limit, -1)
		for i, use := range c.use {
			b.add(use-b.used(), 0)
			if got := b.strain.Load(); got != c.want[i] {
				t.Errorf("limit %d: strain %d at %d, want %d", c.limit, got, use, c.want[i])
			}
		}
	}
}

func BenchmarkStake(b *testing.B) {
	l := new(Ledger)
	l.Open(0, 0)
	a := NewAccount(l, 0)
	i := a.Enter(new(member))
	for n := range b.N {
		a.Set(i, Holding{Out: int64(n & 1)})
	}
}
