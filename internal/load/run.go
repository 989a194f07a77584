// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"cmp"
	"net"
	"runtime"
	"sync"
	"time"
)

// A Run is a Plan at work.
type Run struct {
	plan     Plan
	resolver cachedResolver
	epoch    time.Time // constant
	workers  []*worker
	spares   []*tally // of each worker; owned by the collector

	stopOnce, abortOnce sync.Once
	stop, abort         chan struct{}
	done                chan struct{} // closed when report and err are set
	report              *Report
	err                 error

	// Owned by the collector, a goroutine.
	lately *tally // since the last progress
	point  *tally // since the last point
	whole  *tally
	open   int // connections
	points []Point
	length time.Duration // of a point
	at     time.Duration // where the point begins, from the begin of what is measured
	told   time.Duration // when progress was reported last, from the first message
}

// tick is how often tallies are collected.
const tick = 250 * time.Millisecond

// mostPoints is about how many points a Report has.
const mostPoints = 240

// Start begins a Run.
func Start(plan Plan) *Run {
	r := &Run{
		plan:   plan,
		epoch:  time.Now(),
		stop:   make(chan struct{}),
		abort:  make(chan struct{}),
		done:   make(chan struct{}),
		lately: newTally(),
		point:  newTally(),
		whole:  newTally(),
		length: max(tick, (plan.Duration / mostPoints).Round(tick)),
	}
	r.resolver.Resolver = plan.Resolver
	if r.resolver.Resolver == nil {
		r.resolver.Resolver = net.DefaultResolver
	}
	loops := min(plan.Conns, cmp.Or(max(plan.Loops, 0), runtime.GOMAXPROCS(0)))
	for i := range loops {
		conns := plan.Conns / loops
		if i < plan.Conns%loops {
			conns++
		}
		r.workers = append(r.workers, newWorker(r, i, conns))
		r.spares = append(r.spares, newTally())
	}
	go r.run() // until all workers are over; then done is closed
	return r
}

// Stop ends the Run early: nothing new is sent, and replies are awaited for the Grace of
// the Plan. Any goroutine may call it.
func (r *Run) Stop() { r.stopOnce.Do(func() { close(r.stop) }) }

// Abort ends the Run at once. Any goroutine may call it.
func (r *Run) Abort() { r.abortOnce.Do(func() { close(r.abort) }) }

// Wait returns the Report when the Run is over. The error is that of an engine that
// cannot start.
func (r *Run) Wait() (*Report, error) {
	<-r.done
	return r.report, r.err
}

func (r *Run) run() {
	defer close(r.done)
	defer r.close()
	r.report = &Report{Plan: r.plan}
	for _, w := range r.workers {
		if r.err = w.engine.Post(w.prepare); r.err != nil {
			return
		}
	}
	if connected, ok := r.connected(); !ok || connected == 0 {
		r.report.Interrupted = !ok
		r.collect()
		r.sum(0)
		return
	}
	if r.plan.open() {
		// The pacer's thread keeps a processor of the runtime while it naps.
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1))
	}
	r.measure()
}

// close ends what is left of the workers.
func (r *Run) close() {
	for _, w := range r.workers {
		_ = w.engine.Post(w.quit)
		_ = w.engine.Close()
	}
}

// connected waits until all first attempts are over, and returns how many connections
// there are. It is not ok if the Run is to end.
func (r *Run) connected() (n int, ok bool) {
	for _, w := range r.workers {
		select {
		case more := <-w.ready:
			n += more
		case <-r.stop:
			return 0, false
		case <-r.abort:
			return 0, false
		}
	}
	return n, true
}

// measure has the load of the plan, and makes the report.
func (r *Run) measure() {
	start := time.Since(r.epoch)
	if r.plan.open() {
		start += time.Millisecond // no worker begins late
	}
	from := start + r.plan.Warmup
	end := from + r.plan.Duration
	for _, w := range r.workers {
		r.on(w, func() { w.begin(int64(start), int64(from), int64(end)) })
	}
	var p *pacer
	if r.plan.open() {
		p = startPacer(r.workers, &r.plan)
	}
	defer p.stop()

	used, known := cpuTime()
	warm := time.After(time.Until(r.epoch.Add(from)))
	over := time.After(time.Until(r.epoch.Add(end)))
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	measuring := false
	for {
		select {
		case <-warm:
			measuring = true
			used, known = cpuTime()
			if r.plan.Mode == Stream && r.plan.Warmup > 0 {
				for _, w := range r.workers {
					r.on(w, w.measure)
				}
				r.point.unflow()
			}
			continue
		case <-ticks.C:
			r.progress(time.Since(r.epoch)-start, !measuring)
			if now := time.Since(r.epoch) - from; measuring && now-r.at >= r.length-tick/4 {
				r.mark(now)
			}
			continue
		case <-over:
		case <-r.stop:
			r.report.Interrupted = true
		case <-r.abort:
			r.report.Interrupted = true
		}
		break
	}
	last := min(time.Since(r.epoch), end)
	for _, w := range r.workers {
		r.on(w, func() { w.finish(int64(last)) })
	}
	if now, _ := cpuTime(); known {
		r.report.CPU = now - used
	}
	r.drain()
	r.collect()
	if !measuring && r.plan.Mode == Stream {
		r.point.unflow()
	}
	elapsed := max(0, last-from)
	r.mark(elapsed)
	r.sum(elapsed)
}

// drain waits until the workers are over, as long as the plan wants.
func (r *Run) drain() {
	wait := r.plan.Timeout + time.Second // the workers count what takes longer than the Timeout
	if r.report.Interrupted {
		wait = r.plan.Grace
	}
	patience := time.After(wait)
	stopped := r.stop
	if r.report.Interrupted {
		stopped = nil
	}
	for _, w := range r.workers {
		select {
		case <-w.done:
			continue
		case <-patience:
		case <-stopped:
			r.report.Interrupted = true
		case <-r.abort:
			r.report.Interrupted = true
		}
		return
	}
}

// on runs f on the loop of w, and waits until it has.
func (r *Run) on(w *worker, f func()) {
	done := make(chan struct{})
	if w.engine.Post(func() { defer close(done); f() }) == nil {
		<-done
	}
}

// collect takes over what the workers have counted.
func (r *Run) collect() {
	r.open = 0
	r.report.Unsent = 0
	for i, w := range r.workers {
		var counted *tally
		r.on(w, func() {
			w.flowAll()
			counted, w.tally = w.tally, r.spares[i]
			r.open += w.open
			r.report.Unsent += w.unsent
		})
		if counted == nil {
			continue // the engine never ran
		}
		r.lately.add(counted)
		counted.reset()
		r.spares[i] = counted
	}
	r.point.add(r.lately)
}

// progress reports how the Run does.
func (r *Run) progress(elapsed time.Duration, warming bool) {
	r.collect()
	if r.plan.Progress != nil {
		r.plan.Progress(Progress{
			Elapsed:   elapsed,
			Warming:   warming,
			PerSecond: perSecond(r.lately.ok, elapsed-r.told),
			P50:       percentile(r.lately.response, 50),
			P99:       percentile(r.lately.response, 99),
			Errors:    r.whole.errors() + r.point.errors(),
			Conns:     r.open,
		})
	}
	r.lately.reset()
	r.told = elapsed
}

// mark ends a point.
func (r *Run) mark(now time.Duration) {
	r.lately.reset()
	p := Point{
		At:     r.at,
		Length: now - r.at,
		OK:     r.point.ok,
		Errors: r.point.errors(),
		P50:    percentile(r.point.response, 50),
		P99:    percentile(r.point.response, 99),
	}
	if p.OK+p.Errors > 0 || p.Length > 0 {
		r.addPoint(p)
		if r.plan.Interval != nil {
			r.plan.Interval(p, r.point.response)
		}
	}
	r.whole.add(r.point)
	r.point.reset()
	r.at = now
}

// addPoint adds p, to the one before if it is too short to say how many messages there
// are in a second.
func (r *Run) addPoint(p Point) {
	if n := len(r.points); n > 0 && p.Length < r.length/2 {
		last := &r.points[n-1]
		last.Length += p.Length
		last.OK += p.OK
		last.Errors += p.Errors
		last.P99 = max(last.P99, p.P99)
		return
	}
	r.points = append(r.points, p)
}

// sum completes the report.
func (r *Run) sum(elapsed time.Duration) {
	r.whole.add(r.point)
	r.point.reset()
	rep, t := r.report, r.whole
	rep.Elapsed = elapsed
	rep.OK, rep.Out, rep.In, rep.Surplus = t.ok, t.out, t.in, t.surplus
	rep.Errors = t.errors()
	rep.Failures = sorted(t.failures)
	rep.Response, rep.Service, rep.Connect, rep.Late = t.response, t.service, t.connect, t.late
	rep.Points = r.points
}
