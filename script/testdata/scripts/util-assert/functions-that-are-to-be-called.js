// assert.CallTracker, which Node warns of.
const assert = require('assert');

const tracker = new assert.CallTracker();
function named(x) {
  return [String(this), x];
}
const twice = tracker.calls(named, 2);
const once = tracker.calls();
console.log(twice.name, twice.length, twice === named, twice.call('t', 1));
console.log(tracker.report().map(({ message, actual, expected, operator }) => ({ message, actual, expected, operator })));
const tried = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
tried(() => tracker.verify());
once();
tried(() => tracker.verify());
tried(() => tracker.calls(named, 0));
tried(() => tracker.getCalls(named));
console.log(tracker.getCalls(twice), Object.isFrozen(tracker.getCalls(twice)));
twice();
tried(() => tracker.verify());
tracker.reset(twice);
console.log(tracker.getCalls(twice));
tried(() => tracker.verify());
