// Copyright 2026 The duplex authors. MIT license.

// AssertionError, whose message shows where two values differ.

'use strict';

const { inspect } = require('internal/inspect');

const headings = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

const mostLines = 50;
const shortest = 12; // two values that fit on one line

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

function show(value) {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    breakLength: Infinity,
    sorted: true,
    getters: true,
  });
}

// shortened returns lines, of which the last are left out if there are too many.
function shortened(lines) {
  return lines.length > mostLines ? [...lines.slice(0, 46), '...'] : lines;
}

// difference returns the message of two values that should be equal.
function difference(actual, expected, operator, message) {
  if (operator === 'strictEqual' && isObject(actual) && isObject(expected)) operator = 'strictEqualObject';
  const heading = message === undefined ? headings[operator] : String(message);
  const lefts = show(actual).split('\n');
  const rights = show(expected).split('\n');
  let pointer = '';
  if (lefts.length === 1 && rights.length === 1 && lefts[0] !== rights[0]) {
    const total = lefts[0].length + rights[0].length;
    if (total <= shortest) {
      if (!isObject(actual) && !isObject(expected) && (actual !== 0 || expected !== 0)) {
        return `${heading}\n\n${lefts[0]} !== ${rights[0]}\n`;
      }
    } else if (operator !== 'strictEqualObject') {
      const columns = process.stderr.isTTY ? process.stderr.columns : 80;
      if (total < columns) {
        let i = 0;
        while (lefts[0][i] === rights[0][i]) i++;
        if (i > 2) pointer = `\n  ${' '.repeat(i)}^`;
      }
    }
  }
  // The last lines that are the same: three of them are shown, and the first.
  let tail = '';
  let first = '';
  let same = 0;
  while (lefts.length > 0 && rights.length > 0 && lefts[lefts.length - 1] === rights[rights.length - 1]) {
    const line = lefts.pop();
    rights.pop();
    if (same++ < 3) tail = `\n  ${line}${tail}`;
    else first = line;
  }
  if (lefts.length === 0 && rights.length === 0) {
    return `${message === undefined ? headings.notIdentical : heading}\n\n${shortened(show(actual).split('\n')).join('\n')}\n`;
  }
  let skipped = false;
  if (same > 4) {
    tail = `\n...${tail}`;
    skipped = true;
  }
  if (first !== '') tail = `\n  ${first}${tail}`;

  const body = { text: '', minus: '', last: 0, printed: 0 };
  const lines = Math.max(lefts.length, rights.length);
  const sign = '+ actual - expected';
  for (let i = 0; i < lines; i++) {
    let left = lefts[i];
    const right = rights[i];
    const source = left === undefined ? rights : lefts;
    if (left === undefined || right === undefined) {
      skipped = context(body, source, i) || skipped;
      body.last = i;
      if (left === undefined) body.minus += `\n- ${right}`;
      else body.text += `\n+ ${left}`;
      body.printed++;
    } else {
      let differ = left !== right && (!left.endsWith(',') || left.slice(0, -1) !== right);
      if (differ && right.endsWith(',') && right.slice(0, -1) === left) {
        differ = false;
        left += ',';
      }
      if (differ) {
        skipped = context(body, lefts, i) || skipped;
        body.last = i;
        body.text += `\n+ ${left}`;
        body.minus += `\n- ${right}`;
        body.printed += 2;
      } else {
        body.text += takeMinus(body);
        if (i - body.last === 1 || i === 0) {
          body.text += `\n  ${left}`;
          body.printed++;
        }
      }
    }
    if (body.printed > mostLines && i < lines - 2) {
      return `${heading}\n${sign} ... Lines skipped\n${body.text}\n...${body.minus}\n...`;
    }
  }
  return `${heading}\n${sign}${skipped ? ' ... Lines skipped' : ''}\n${body.text}${body.minus}${tail}${pointer}`;
}

function takeMinus(body) {
  const { minus } = body;
  body.minus = '';
  return minus;
}

// context adds the lines before a difference at i, and reports whether some were
// left out.
function context(body, lines, i) {
  const distance = i - body.last;
  if (distance <= 1 || i <= 2) return false;
  body.text += takeMinus(body);
  let left = false;
  if (distance > 5) {
    body.text += '\n...';
    left = true;
  } else if (distance > 4) {
    body.text += `\n  ${lines[i - 3]}`;
    body.printed++;
  }
  if (distance > 3) {
    body.text += `\n  ${lines[i - 2]}`;
    body.printed++;
  }
  body.text += `\n  ${lines[i - 1]}`;
  body.printed++;
  return left;
}

// unequal returns the message of two values that should differ.
function unequal(actual, operator) {
  const heading = headings[operator === 'notStrictEqual' && isObject(actual) ? 'notStrictEqualObject' : operator];
  const lines = shortened(show(actual).split('\n'));
  if (lines.length === 1) return `${heading}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
  return `${heading}\n\n${lines.join('\n')}\n`;
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 3)}...` : text);

function describe(actual, expected, operator) {
  switch (operator) {
    case 'deepStrictEqual':
    case 'strictEqual':
      return difference(actual, expected, operator);
    case 'notDeepStrictEqual':
    case 'notStrictEqual':
      return unequal(actual, operator);
  }
  const left = show(actual);
  const right = show(expected);
  if (operator === 'notDeepEqual' && left === right) return cut(`${headings.notDeepEqual}\n\n${left}`, 1024);
  const one = cut(left, 512);
  const other = cut(right, 512);
  if (operator === 'deepEqual') return `${headings.deepEqual}\n\n${one}\n\nshould loosely deep-equal\n\n${other}`;
  if (operator === 'notDeepEqual') {
    return `${headings.notDeepEqualUnequal}\n\n${one}\n\nshould not loosely deep-equal\n\n${other}`;
  }
  return `${one} ${operator} ${other}`;
}

class AssertionError extends Error {
  constructor(options) {
    require('internal/validators').validateObject(options, 'options');
    const { message, operator, stackStartFn, stackStartFunction } = options;
    const { actual, expected } = options;
    let text;
    if (message === undefined || message === null) text = describe(actual, expected, operator);
    else if (operator === 'deepStrictEqual' || operator === 'strictEqual') text = difference(actual, expected, operator, message);
    else text = String(message);
    super(text);
    this.generatedMessage = !message;
    const head = 'AssertionError [ERR_ASSERTION]';
    Object.defineProperty(this, 'name', { value: head, enumerable: false, writable: true, configurable: true });
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    if (Error.captureStackTrace) Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    else require('internal/errors').decorate(this, head);
    String(this.stack); // with the code; the name is without
    this.name = 'AssertionError';
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](depth, options) {
    // A long text is shown in short, since the message has it already.
    const { actual, expected } = this;
    for (const name of ['actual', 'expected']) {
      if (typeof this[name] === 'string') this[name] = brief(this[name]);
    }
    const shown = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return shown;
  }
}
exports.AssertionError = AssertionError;

function brief(text) {
  const lines = text.split('\n');
  if (lines.length > 10) return `${lines.slice(0, 10).join('\n')}\n...`;
  return text.length > 512 ? `${text.slice(0, 512)}...` : text;
}
