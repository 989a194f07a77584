// Copyright 2026 The duplex authors. MIT license.

package equivalence_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A plan is what the two ends of a connection do, move by move, and the events that
// each has to report. The same seed always makes the same plan.
type plan struct {
	seed    uint64
	secure  bool // the connection has TLS
	options [2]duplex.Options
	views   [2]view
	bytes   [2][]byte // what the ends write, from the first byte on
	moves   []move
	want    [2][]string // the whole transcripts
}

// A move is a few batches. The next move begins after all events of this one.
type move struct {
	batches []batch
	want    [2]mark
}

// A mark is the state of an end after a move.
type mark struct {
	progress      progress
	state         duplex.State
	paused        bool
	read, written int64
	unread        bool // read is not all yet, and depends on the driver
	deaf          bool // closed, or Close was called
	lost          bool // paused before RST is told: State may know of it, or not
}

// A batch is a row of deeds of one end. They are called from outside of the loop, in a
// posted function, or in OnConnect.
type batch struct {
	end   int
	on    scene
	deeds []deed
}

type scene string

const (
	outside   scene = "outside"
	posted    scene = "posted"
	onConnect scene = "on connect"
)

// A deed is a call of a socket's method.
type deed struct {
	verb       string
	from, size int    // of a write
	view       view   // to see by
	err        string // to destroy with
	refused    bool   // with net.ErrClosed
}

func (d deed) writes() bool { return strings.HasPrefix(d.verb, "write") }

func (d deed) String() string {
	s := d.verb
	switch {
	case d.writes():
		s += fmt.Sprintf(" %d B", d.size)
	case d.verb == "view":
		s += " as " + d.view.String()
	case d.err != "":
		s += fmt.Sprintf(" %q", d.err)
	}
	if d.refused {
		s += " (refused)"
	}
	return s
}

// most is how many bytes an end writes in all.
const most = 1 << 20

// noise is what the ends write: lines of text in many alphabets, and bytes that are
// no text.
var noise = sync.OnceValue(func() []byte {
	r := rand.New(rand.NewPCG(2026, 11))
	p := make([]byte, 0, 2*most+16)
	for len(p) < 2*most {
		switch r.IntN(24) {
		case 0:
			p = append(p, '\n')
		case 1:
			p = append(p, "\r\n"...)
		case 2:
			p = append(p, byte(r.Uint32()), byte(r.Uint32()))
		case 3:
			p = append(p, string(rune(0x1f300+r.IntN(256)))...)
		case 4, 5:
			p = append(p, string(rune(0x400+r.IntN(256)))...)
		default:
			p = append(p, 'a'+byte(r.IntN(26)), '0'+byte(r.IntN(10)))
		}
	}
	return p
})

var encodings = []codec.Encoding{codec.UTF8, codec.UTF16LE, codec.Hex, codec.Base64, codec.Latin1, codec.ASCII}

// A planner makes a plan.
type planner struct {
	*rand.Rand
	plan  *plan
	model *model
}

func newPlan(seed uint64, secure bool) *plan {
	r := &planner{Rand: rand.New(rand.NewPCG(seed, 0)), plan: &plan{seed: seed, secure: secure}}
	for end := range r.plan.bytes {
		from := r.IntN(most)
		r.plan.bytes[end] = noise()[from : from+most]
		r.plan.views[end] = r.view()
		r.plan.options[end] = duplex.Options{
			AllowHalfOpen:  r.IntN(2) == 0,
			PauseOnConnect: r.IntN(8) == 0,
			HighWaterMark:  pick(r.Rand, 0, 0, 1, 1000, 16<<10, 1<<20),
			Linger:         time.Minute,
		}
	}
	r.model = newModel(r.plan)
	for !r.try(r.opening()) {
	}
	for wanted := 3 + r.IntN(12); wanted > 0 && !r.over(); wanted-- {
		for range 20 {
			if next := r.move(); next != nil && r.try(next) {
				break
			}
		}
	}
	for !r.over() {
		last := r.finale()
		if last == nil {
			panic(fmt.Sprintf("the plan of seed %d has no end:\n%s", seed, r.plan))
		}
		r.try(last)
	}
	r.try([]batch{{calling, outside, r.remarks()}, {serving, outside, r.remarks()}})
	for end, x := range r.model {
		r.plan.want[end] = x.told.all()
	}
	return r.plan
}

// try adds a move if all drivers agree on what follows from it.
func (r *planner) try(batches []batch) bool {
	m := r.model.clone()
	for _, b := range batches {
		for i := range b.deeds {
			if !m[b.end].perform(&b.deeds[i]) {
				return false
			}
		}
	}
	m.settle()
	if !m.certain() {
		return false
	}
	r.model = m
	r.plan.moves = append(r.plan.moves, move{batches, [2]mark{m[0].mark(), m[1].mark()}})
	return true
}

// over reports whether both ends are closed.
func (r *planner) over() bool { return r.model[0].closed && r.model[1].closed }

// opening returns what the client does while it connects, or the server in OnConnect.
func (r *planner) opening() []batch {
	early := batch{calling, outside, r.deeds("write", "writeString", "writev", "writeFunc", "cork", "uncork")}
	greeting := batch{serving, onConnect, r.deeds("write", "writev")}
	switch r.IntN(5) {
	case 0:
		return nil
	case 1:
		early.deeds = append(early.deeds, deed{verb: "end"})
	case 2: // both: so nothing is told of how writes fare
		early.deeds = []deed{r.write("write"), r.write("writeString")}
		return []batch{early, greeting}
	case 3:
		greeting.deeds = append(greeting.deeds, deed{verb: pick(r.Rand, "end", "close", "pause", "write")})
		return []batch{greeting}
	}
	return []batch{early}
}

// move returns a random move.
func (r *planner) move() []batch {
	end := r.IntN(2)
	x, peer := r.model[end], 1-end
	where := func() scene { return pick(r.Rand, outside, posted) }
	switch n := r.IntN(100); {
	case x.closed:
		return []batch{{end, where(), r.remarks()}}
	case n < 20:
		return r.burst(end)
	case n < 26:
		return []batch{{end, where(), append([]deed{r.write("write")}, r.farewell()...)}}
	case n < 30:
		batches := r.burst(end)
		last := &batches[len(batches)-1]
		last.deeds = append(last.deeds, r.farewell()...)
		return batches
	case n < 40 && (x.reacts() || r.model[peer].reacts()):
		// Close, as any verb, waits for what was posted before, and OnData does not.
		return nil
	case n < 40: // both at a time
		return []batch{
			{end, where(), []deed{r.write("write"), r.write("writev")}},
			{peer, where(), []deed{r.write("writeString")}},
			{end, where(), []deed{r.write("write")}},
		}
	case n < 48:
		return r.late(end)
	case n < 56:
		return []batch{{end, where(), []deed{{verb: "pause"}}}}
	case n < 66:
		return []batch{{end, where(), []deed{{verb: "resume"}}}}
	case n < 68:
		return []batch{{end, where(), []deed{{verb: "pause"}, {verb: "resume"}}}}
	case n < 80:
		return []batch{{end, where(), []deed{{verb: "view", view: r.view()}}}}
	case n < 82:
		return []batch{{end, outside, []deed{{verb: "timeout"}}}}
	case n < 84:
		return []batch{{end, where(), []deed{{verb: "cork"}}}}
	case n < 86:
		return []batch{{end, where(), append([]deed{{verb: "cork"}, {verb: "cork"}, r.write("write")}, r.deeds("write", "uncork")...)}}
	case n < 90:
		return []batch{{end, where(), []deed{{verb: "uncork"}}}}
	default:
		return []batch{{end, where(), r.farewell()}}
	}
}

// burst returns writes of several kinds, one after another.
func (r *planner) burst(end int) (batches []batch) {
	for range 1 + r.IntN(3) {
		batches = append(batches, batch{end, pick(r.Rand, outside, posted), r.deeds("write", "writeString", "writev", "writeFunc")})
	}
	return batches
}

// late returns a move in which many bytes wait for a reader that resumes late.
func (r *planner) late(end int) []batch {
	batches := []batch{{1 - end, pick(r.Rand, outside, posted), []deed{{verb: "pause"}}}}
	batches = append(batches, r.burst(end)...)
	batches = append(batches, batch{end, pick(r.Rand, outside, posted), []deed{{verb: "write", size: r.IntN(300 << 10)}}})
	if r.IntN(2) == 0 {
		batches = append(batches, batch{end, pick(r.Rand, outside, posted), []deed{{verb: pick(r.Rand, "end", "close")}}})
	}
	return append(batches, batch{1 - end, pick(r.Rand, outside, posted), []deed{{verb: "resume"}}})
}

// farewell returns a verb that ends a socket, and verbs that come too late.
func (r *planner) farewell() []deed {
	last := deed{verb: pick(r.Rand, "end", "end", "end", "close", "destroy", "reset", "reset")}
	if last.verb == "destroy" && r.IntN(2) == 0 {
		last.err = "enough"
	}
	if r.IntN(2) == 0 {
		return []deed{last}
	}
	return append([]deed{last}, r.remarks()...)
}

// remarks returns verbs that have no effect after a farewell.
func (r *planner) remarks() []deed {
	return r.deeds("write", "writev", "writeString", "end", "uncork")
}

// finale returns a move that brings the connection nearer to its end, nil if there is
// none.
func (r *planner) finale() []batch {
	for _, last := range []string{"resume", "view", "end", "destroy"} {
		for end, x := range r.model {
			d := deed{verb: last, view: view{enc: x.view.enc, lines: x.view.lines}}
			done := map[string]bool{"resume": !x.paused, "view": d.view == x.view, "end": x.ended}
			if x.closed || done[last] {
				continue
			}
			if m := r.model.clone(); m[end].perform(&d) {
				if m.settle(); m.certain() {
					return []batch{{end, outside, []deed{d}}}
				}
			}
		}
	}
	return nil
}

// deeds returns up to three of the verbs, at random.
func (r *planner) deeds(verbs ...string) (list []deed) {
	for range 1 + r.IntN(3) {
		list = append(list, r.write(verbs[r.IntN(len(verbs))]))
	}
	return list
}

// write returns a deed with a size. Verbs that write nothing ignore the size.
func (r *planner) write(verb string) deed {
	return deed{verb: verb, size: pick(r.Rand, 0, r.IntN(100), r.IntN(100), r.IntN(5000), r.IntN(5000), r.IntN(16<<10), r.IntN(100<<10), r.IntN(300<<10))}
}

func (r *planner) view() (v view) {
	if r.IntN(2) == 0 {
		v.enc = encodings[r.IntN(len(encodings))]
	}
	if v.lines = r.IntN(3) == 0; v.lines && r.IntN(2) == 0 {
		v.after = 1 + r.IntN(20)
		v.then = pick(r.Rand, "pause", "pause", "close", "unsplit")
	}
	return v
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// String returns the plan in a readable form.
func (p *plan) String() string {
	var b strings.Builder
	for end, name := range ends {
		o := p.options[end]
		fmt.Fprintf(&b, "%s: AllowHalfOpen %t, PauseOnConnect %t, HighWaterMark %d; sees %v\n", name,
			o.AllowHalfOpen, o.PauseOnConnect, o.HighWaterMark, p.views[end])
	}
	for i, m := range p.moves {
		fmt.Fprintf(&b, "move %d\n", i)
		for _, batch := range m.batches {
			fmt.Fprintf(&b, "\t%s, %s:", ends[batch.end], batch.on)
			for _, d := range batch.deeds {
				fmt.Fprintf(&b, " %v;", d)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

var ends = [2]string{calling: "client", serving: "server"}
