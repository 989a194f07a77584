// Copyright 2026 The duplex authors. MIT license.

// How the entries of an object are put on lines.

'use strict';

const { width, withoutColors } = require('internal/inspect_text');

// layout joins entries between braces behind base, on one line where compact
// and breakLength allow that. value is the list that the entries are of, if
// they are a list's.
exports.layout = function (look, entries, base, braces, isList, level, value) {
  const head = base === '' ? '' : `${base} `;
  const open = braces[0];
  const close = braces[1];
  if (look.compact === true) return tight(look, entries, base, braces);
  if (typeof look.compact === 'number' && look.compact >= 1) {
    const ungrouped = entries.length;
    if (isList && ungrouped > 6) entries = grouped(look, entries, value);
    // At most compact levels on one line, and no groups.
    if (look.currentDepth - level < look.compact && entries.length === ungrouped) {
      const taken = entries.length + look.indentation + open.length + base.length + 10;
      if (fits(look, entries, taken, base)) {
        const line = entries.join(', ');
        if (!line.includes('\n')) return `${head}${open} ${line} ${close}`;
      }
    }
  }
  const margin = `\n${' '.repeat(look.indentation)}`;
  return `${head}${open}${margin}  ${entries.join(`,${margin}  `)}${margin}${close}`;
};

// tight is the layout without lines of their own for braces.
function tight(look, entries, base, [open, close]) {
  const head = base === '' ? '' : ` ${base}`;
  if (fits(look, entries, 0, base)) return `${open}${head} ${entries.join(', ')} ${close}`;
  const margin = `\n${' '.repeat(look.indentation)}`;
  const first = base === '' && open.length === 1 ? ' ' : `${head}${margin}  `;
  return `${open}${first}${entries.join(`,${margin}  `)} ${close}`;
}

function fits(look, entries, taken, base) {
  let total = entries.length + taken;
  if (total + entries.length > look.breakLength) return false;
  for (let i = 0; i < entries.length; i++) { // for-of is ten times slower in goja
    const entry = entries[i];
    total += look.colors ? withoutColors(entry).length : entry.length;
    if (total > look.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

// grouped puts short entries of a list in columns: about as many that the block
// is two and a half times as wide as it is high, and 15 at most.
function grouped(look, entries, list) {
  const more = look.maxArrayLength < entries.length; // the last says how many are missing
  const count = more ? entries.length - 1 : entries.length;
  const gap = 2;
  const widths = new Array(count);
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    widths[i] = width(entries[i], look.colors);
    total += widths[i] + gap;
    if (widths[i] > widest) widest = widths[i];
  }
  const column = widest + gap;
  if (column * 3 + look.indentation >= look.breakLength || (total / column <= 5 && widest > 6)) return entries;
  const typical = Math.max(column - 3 - Math.sqrt(column - total / entries.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * typical * count) / typical),
    Math.floor((look.breakLength - look.indentation) / column),
    look.compact * 4,
    15,
  );
  if (columns <= 1) return entries;
  const columnWidths = [];
  for (let i = 0; i < columns; i++) {
    let most = 0;
    for (let j = i; j < count; j += columns) if (widths[j] > most) most = widths[j];
    columnWidths.push(most + gap);
  }
  const toTheRight = list === undefined || onlyNumbers(list, entries.length);
  const rows = [];
  for (let i = 0; i < count; i += columns) {
    const last = Math.min(i + columns, count) - 1;
    let row = '';
    for (let j = i; j < last; j++) {
      const cell = `${entries[j]}, `;
      const length = columnWidths[j - i] + entries[j].length - widths[j];
      row += toTheRight ? cell.padStart(length) : cell.padEnd(length);
    }
    row += toTheRight ? entries[last].padStart(columnWidths[last - i] + entries[last].length - widths[last] - gap) : entries[last];
    rows.push(row);
  }
  if (more) rows.push(entries[count]);
  return rows;
}

function onlyNumbers(list, count) {
  for (let i = 0; i < count; i++) {
    if (typeof list[i] !== 'number' && typeof list[i] !== 'bigint') return false;
  }
  return true;
}
