// Copyright 2026 The duplex authors. MIT license.

// console.table.

'use strict';

const { inspect } = require('internal/inspect');
const { width } = require('internal/inspect_text');
const native = binding('inspect');

const isPrimitive = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function');

function cell(options, value) {
  const large = !isPrimitive(value) && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2;
  return inspect(value, { ...options, maxArrayLength: 3, breakLength: Infinity, depth: large ? -1 : 0 });
}

// table returns the table of data, an object; wanted are the columns, all if
// undefined.
exports.table = function (data, wanted, options) {
  const show = (value) => cell(options, value);
  switch (native.kind(data)) {
    case 'Map': return listed([...Map.prototype.entries.call(data)].flat(1), true, show);
    case 'Set': return listed([...Set.prototype.values.call(data)], false, show);
    case 'Map Iterator':
    case 'Set Iterator': return listed(...native.ahead(data), show);
    default: return columns(data, wanted, show);
  }
};

function listed(list, both, show) {
  const rows = [];
  const step = both ? 2 : 1;
  for (let i = 0; i < list.length; i += step) {
    rows.push(both ? [`${i / 2}`, show(list[i]), show(list[i + 1])] : [`${i}`, show(list[i])]);
  }
  return draw(both ? ['(iteration index)', 'Key', 'Values'] : ['(iteration index)', 'Values'], rows);
}

function columns(data, wanted, show) {
  const indexes = Object.keys(data);
  const names = wanted === undefined ? new Set() : new Set(wanted.map(String));
  let primitives = false;
  for (const index of indexes) {
    const item = data[index];
    if (isPrimitive(item)) primitives = true;
    else if (wanted === undefined) for (const key of Object.keys(item)) names.add(key);
  }
  const header = ['(index)', ...names];
  if (primitives) header.push('Values');
  const rows = indexes.map((index) => {
    const item = data[index];
    const plain = isPrimitive(item);
    const row = [index];
    for (const name of names) {
      row.push(!plain && Object.prototype.hasOwnProperty.call(item, name) ? show(item[name]) : '');
    }
    if (primitives) row.push(plain ? show(item) : '');
    return row;
  });
  return draw(header, rows);
}

function draw(header, rows) {
  const widths = header.map((name, i) => Math.max(width(name), ...rows.map((row) => width(row[i]))) + 2);
  const line = (left, middle, right) => left + widths.map((n) => '─'.repeat(n)).join(middle) + right;
  const row = (cells) => `│${cells.map((text, i) => ` ${text}${' '.repeat(widths[i] - width(text) - 1)}`).join('│')}│`;
  return [line('┌', '┬', '┐'), row(header), line('├', '┼', '┤'), ...rows.map(row), line('└', '┴', '┘')].join('\n');
}
