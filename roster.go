// Copyright 2026 The duplex authors. MIT license.

package duplex

// A roster is the live set of a server's sockets. Socket.place is the index of each. The
// server's mu guards it. It grows by pages: a slice that is copied as it grows leaves
// garbage of five times its length, as much as 40 bytes for each connection.
type roster struct {
	pages []*[rosterPage]*Socket
	n     int
	list  []*Socket // the result of all, until a socket comes or goes; nil if not known
}

const rosterPage = 256

// at returns the entry of place i.
func (r *roster) at(i int32) **Socket { return &r.pages[i/rosterPage][i%rosterPage] }

// add adds s.
func (r *roster) add(s *Socket) {
	if r.n == len(r.pages)*rosterPage {
		r.pages = append(r.pages, new([rosterPage]*Socket))
	}
	s.place = int32(r.n)
	*r.at(s.place) = s
	r.n++
	r.list = nil
}

// remove removes s. The last socket takes its place.
func (r *roster) remove(s *Socket) {
	r.n--
	last := r.at(int32(r.n))
	*r.at(s.place) = *last
	(*last).place = s.place
	*last = nil
	if used := r.n/rosterPage + 1; len(r.pages) > used+1 { // one empty page is kept
		r.pages[used+1] = nil
		r.pages = r.pages[:used+1]
	}
	r.list = nil
}

// all returns the sockets. The caller must not change the list, and the list does not
// change later.
func (r *roster) all() []*Socket {
	if r.list == nil && r.n > 0 {
		r.list = make([]*Socket, 0, r.n)
		for i := range r.n {
			r.list = append(r.list, *r.at(int32(i)))
		}
	}
	return r.list
}
