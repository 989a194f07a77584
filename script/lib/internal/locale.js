// Copyright 2026 The duplex authors. MIT license.

// Numbers and dates as people in the United States write them, which is what
// toLocaleString means where nothing else was asked for.

'use strict';

function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

function isGrouped(options) {
  return options?.useGrouping !== false;
}

exports.number = function (value, options) {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-∞' : '∞';
  const least = options?.minimumFractionDigits ?? 0;
  const most = options?.maximumFractionDigits ?? Math.max(least, 3);
  const size = Math.abs(value);
  let [whole, fraction = ''] = size < 1e21 ? size.toFixed(Math.min(most, 100)).split('.') : [String(BigInt(size))];
  while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  if (isGrouped(options)) whole = grouped(whole);
  return `${value < 0 || Object.is(value, -0) ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
};

exports.bigint = function (value, options) {
  const digits = String(value < 0n ? -value : value);
  return (value < 0n ? '-' : '') + (isGrouped(options) ? grouped(digits) : digits);
};

const two = (n) => String(n).padStart(2, '0');

// As seen from the options' time zone, of which only UTC and the local one are known.
function parts(date, options) {
  const shift = options?.timeZone === 'UTC' || options?.timeZone === 'GMT' ? 0 : -date.getTimezoneOffset();
  return new Date(date.getTime() + shift * 60000);
}

exports.date = function (date, options) {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  const seen = parts(date, options);
  return `${seen.getUTCMonth() + 1}/${seen.getUTCDate()}/${seen.getUTCFullYear()}`;
};

exports.time = function (date, options) {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  const seen = parts(date, options);
  const rest = `${two(seen.getUTCMinutes())}:${two(seen.getUTCSeconds())}`;
  const hours = seen.getUTCHours();
  if (options?.hour12 === false) return `${hours === 0 ? '24' : two(hours)}:${rest}`;
  return `${hours % 12 || 12}:${rest} ${hours < 12 ? 'AM' : 'PM'}`;
};
