// Copyright 2026 The duplex authors. MIT license.

// Dates as people in the United States write them, by the parts that are asked for and
// in any time zone that the system knows.

'use strict';

const native = binding('language');

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const components = ['weekday', 'era', 'year', 'month', 'day', 'hour', 'minute', 'second', 'fractionalSecondDigits'];
const numeric = ['numeric', '2-digit'];
const named = ['short', 'long'];
const allowed = {
  weekday: named, era: ['short'], year: numeric, month: [...numeric, ...named], day: numeric, hour: numeric, minute: numeric, second: numeric,
  timeZoneName: ['short'], fractionalSecondDigits: [1, 2, 3], dayPeriod: [],
};
const american = /^(?:[ECMP]|AK)[SD]T$|^HST$/;

const dateStyles = {
  short: { month: 'numeric', day: 'numeric', year: '2-digit' },
  medium: { month: 'short', day: 'numeric', year: 'numeric' },
  long: { month: 'long', day: 'numeric', year: 'numeric' },
  full: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
};
const timeStyles = {
  short: { hour: 'numeric', minute: '2-digit' },
  medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
};
const zone = (name) => (name === undefined ? undefined : exports.zoneOf(name));

// check returns the options with what is missing, or calls refuse with the name of one
// that cannot be followed.
exports.check = function (options, defaults, refuse, required = components) {
  for (const name of Object.keys(options)) {
    if (options[name] === undefined || !Object.hasOwn(allowed, name)) continue;
    if (!allowed[name].includes(options[name])) refuse(name);
  }
  const { dateStyle, timeStyle, ...made } = options;
  if (dateStyle !== undefined || timeStyle !== undefined) {
    if (dateStyle !== undefined && !Object.hasOwn(dateStyles, dateStyle)) refuse('dateStyle');
    if (timeStyle !== undefined && !Object.hasOwn(timeStyles, timeStyle)) refuse('timeStyle');
    const joined = dateStyle === 'long' || dateStyle === 'full' ? ' at ' : ', ';
    return { ...made, timeZone: zone(made.timeZone), ...dateStyles[dateStyle], ...timeStyles[timeStyle], joined };
  }
  if (!required.some((name) => made[name] !== undefined && name !== 'era')) Object.assign(made, defaults);
  if (made.weekday !== undefined && made.day !== undefined && made.month === undefined) refuse('weekday');
  const text = named.includes(made.month);
  if (text && made.era !== undefined) refuse('era');
  if (made.hour !== undefined && made.second !== undefined && made.minute === undefined) refuse('second');
  if (made.fractionalSecondDigits !== undefined && made.second === undefined) refuse('fractionalSecondDigits');
  return { ...made, timeZone: zone(made.timeZone), joined: made.month === 'long' ? ' at ' : ', ' };
};

// zoneOf returns a name of a time zone, or throws.
exports.zoneOf = function (name) {
  name = String(name);
  if (/^(?:etc\/)?(?:utc|gmt)$/i.test(name)) return 'UTC';
  if (native.zone(name, 0) === undefined) throw new RangeError(`Invalid time zone specified: ${name}`);
  return name;
};

const two = (n) => String(n).padStart(2, '0');
const number = (n, width) => (width === '2-digit' ? two(n % 100) : String(n));

// The name of a zone at a time, as short as it is known in the United States.
function zoneName({ timeZone }, offset, short) {
  if (timeZone === 'UTC' || (timeZone === undefined && short === 'UTC')) return 'UTC';
  if (american.test(short)) return short;
  if (offset === 0) return 'GMT';
  const minutes = Math.abs(offset) / 60;
  return `GMT${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${minutes % 60 === 0 ? '' : `:${two(minutes % 60)}`}`;
}

const date = { year: 'numeric', month: 'numeric', day: 'numeric' };
const time = { hour: 'numeric', minute: '2-digit', second: '2-digit' };
const ofDate = ['weekday', 'year', 'month', 'day'];
const ofTime = ['hour', 'minute', 'second', 'fractionalSecondDigits'];

// What the methods of a Date add to options that name nothing of theirs.
exports.defaults = { any: [{ ...date, ...time }, components], date: [date, ofDate], time: [time, ofTime] };

// text returns what parts are together. V8 has a plain space before AM there.
exports.text = (parts) => parts.map((part) => part.value).join('').replaceAll('\u202f', ' ');

// parts returns those of a time; options have been checked.
exports.parts = function (time, options) {
  const [offset, short] = options.timeZone === 'UTC' ? [0, 'UTC'] : native.zone(options.timeZone ?? '', time);
  const seen = new Date(time + offset * 1000);
  const parts = [];
  const add = (type, value, before) => {
    if (before !== undefined && parts.length > 0) parts.push({ type: 'literal', value: before });
    parts.push({ type, value });
  };
  const { weekday, era, year, month, day, hour, minute, second, fractionalSecondDigits, timeZoneName } = options;
  const fullYear = seen.getUTCFullYear();
  const shownYear = fullYear <= 0 && era !== undefined ? 1 - fullYear : fullYear;
  if (weekday !== undefined) add('weekday', weekday === 'long' ? days[seen.getUTCDay()] : days[seen.getUTCDay()].slice(0, 3));
  if (named.includes(month)) {
    const name = months[seen.getUTCMonth()];
    add('month', month === 'long' ? name : name.slice(0, 3), ', ');
    if (day !== undefined) add('day', number(seen.getUTCDate(), day), ' ');
    if (year !== undefined) add('year', number(shownYear, year), day === undefined ? ' ' : ', ');
  } else {
    let between = ', ';
    for (const [type, value, width] of [['month', seen.getUTCMonth() + 1, month], ['day', seen.getUTCDate(), day], ['year', shownYear, year]]) {
      if (width === undefined) continue;
      add(type, number(value, width), between);
      between = '/';
    }
    if (era !== undefined) add('era', fullYear <= 0 ? 'BC' : 'AD', ' ');
  }
  const cycle = hour === undefined ? undefined : options.hour12 !== undefined ? (options.hour12 ? 'h12' : 'h24') : options.hourCycle ?? 'h12';
  const hours = seen.getUTCHours();
  let before = weekday !== undefined && parts.length === 1 ? ' ' : options.joined ?? ', ';
  if (hour !== undefined) {
    const shown = { h11: hours % 12, h12: hours % 12 || 12, h23: hours, h24: hours || 24 }[cycle];
    add('hour', hour === '2-digit' || cycle === 'h23' || cycle === 'h24' ? two(shown) : String(shown), before);
    before = ':';
  }
  const minutes = seen.getUTCMinutes();
  if (minute !== undefined) {
    add('minute', hour !== undefined || second !== undefined ? two(minutes) : String(minutes), before);
    before = ':';
  }
  if (second !== undefined) add('second', minute !== undefined ? two(seen.getUTCSeconds()) : String(seen.getUTCSeconds()), before);
  if (fractionalSecondDigits !== undefined) add('fractionalSecond', String(seen.getUTCMilliseconds()).padStart(3, '0').slice(0, fractionalSecondDigits), '.');
  if (cycle === 'h12' || cycle === 'h11') add('dayPeriod', hours < 12 ? 'AM' : 'PM', '\u202f');
  if (timeZoneName !== undefined) add('timeZoneName', zoneName(options, offset, short), hour === undefined && minute === undefined ? ', ' : ' ');
  return parts;
};
