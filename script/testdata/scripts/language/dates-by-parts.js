// Dates in English by options, and in the time zones that the system knows.
const date = new Date(Date.UTC(2024, 1, 9, 5, 4, 3, 678));
const zones = ['UTC', 'America/New_York', 'Europe/London', 'Asia/Kolkata', 'Pacific/Honolulu', 'No/Where'];
const two = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' };
const kinds = [{}, { hour: 'numeric' }, { ...two, hour12: false, era: 'short' }, { ...two, hourCycle: 'h23', fractionalSecondDigits: 3 }, { hour12: false, hour: 'numeric' },
  { month: 'long', day: 'numeric', year: 'numeric' }, { month: 'short', year: 'numeric' }, { weekday: 'long' }, { weekday: 'short', ...two },
  { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' }, { year: '2-digit', month: 'numeric' }, { timeZoneName: 'short' },
  { timeZoneName: 'short', hour: 'numeric', minute: 'numeric' }, { minute: '2-digit', second: '2-digit' }, { weekday: 'short', hour: 'numeric' },
  { month: 'long', day: 'numeric', hour: 'numeric', minute: 'numeric' }, { month: 'short', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  { dateStyle: 'short' }, { dateStyle: 'medium', timeStyle: 'short' }, { dateStyle: 'full', timeStyle: 'medium' }, { timeStyle: 'long' }, { floor: true }];
for (const timeZone of zones) {
  for (const kind of kinds) {
    try {
      const format = new Intl.DateTimeFormat('en-US', { ...kind, timeZone });
      console.log(JSON.stringify(kind), format.format(date), format.formatToParts(date).map((part) => `${part.type}=${part.value}`).join('|'));
    } catch (e) {
      console.log(e.name, e.message);
      break;
    }
  }
}
for (const options of [{ timeZone: 'UTC' }, { timeZone: 'America/New_York' }, { timeZone: 'Asia/Tokyo', hour12: false }, { hour: 'numeric', timeZone: 'UTC' }, { month: 'short', timeZone: 'UTC' }]) {
  console.log(date.toLocaleString('en-US', options), '|', date.toLocaleDateString('en-US', options), '|', date.toLocaleTimeString('en-US', options));
}
console.log(new Date(Date.UTC(2024, 2, 10, 7)).toLocaleString('en-US', { timeZone: 'America/New_York' }), new Date(NaN).toLocaleString('en-US', { timeZone: 'UTC' }));
for (const f of [() => date.toLocaleString('en-US', { timeZone: 'No/Where' }), () => date.toLocaleString('en-US', null), () => new Intl.DateTimeFormat('en-US').format(NaN)]) {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.message);
  }
}
console.log(new Intl.NumberFormat('en-US', { floor: true }).format(1234.5));
