// Copyright 2026 The duplex authors. MIT license.

// Package mutants holds a list of faults, and a test that the tests find each of them.
//
// A mutant is a change of one place that removes a guard of a state machine: a condition,
// a check of a generation, a place that is given back. The tests of the project have to
// fail with it. A mutant that survives is a hole in the tests.
//
// # The list
//
// The files in testdata are the list, one for each area. A mutant is a sentence that says
// what is broken, the file that is changed, the tests that have to notice, and the change
// itself, as lines of a diff:
//
//	= FIN does not wait for the queue
//	in stream.go
//	by . TestEndFlushesBeforeFIN
//	-		if st.sending == finishing && st.flushed() {
//	+		if st.sending == finishing {
//
// The lines that are kept or removed must occur exactly once in the file, next to each
// other. After "by" comes a folder, and the tests of its package that have to notice. There
// may be several such lines; one test that fails is enough. Text before the first mutant
// is a comment.
//
// # Running it
//
// Each run of the tests checks that the list fits the code: that every change can be made,
// that the result is a Go file, and that the tests exist. The long form makes the changes,
// one at a time and outside the tree, and runs the tests:
//
//	go test -v ./internal/mutants -run TestMutants -kill -timeout 60m
//	go test -v ./internal/mutants -run TestMutants/pump -kill
//
// Most of the time tests wait in vain: -parallel says how many do so at once.
//
// Before that it runs the tests without a change: all of them have to pass, and none may be
// skipped. They have to pass once more when the mutant is killed, so that it is no busy
// machine that kills it. A mutant that does not compile is a fault of the list.
//
// To save time, mutants are compiled together, once for each folder of tests. Each is a copy
// of the function that it changes, and the function calls the copy if the environment names
// the mutant. The few mutants that change something else are compiled alone, with the files
// alone that their tests need.
//
// A line that only saves time or memory makes no mutant, nor does one that only matters in a
// race that no test can bring about at will.
package mutants
