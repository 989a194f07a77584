// Copyright 2026 The duplex authors. MIT license.

// Names of hosts in other scripts, as RFC 3492 writes them.

'use strict';

function adapt(delta, count, first) {
  delta = first ? Math.floor(delta / 700) : delta >> 1;
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
  return k + Math.floor((36 * delta) / (delta + 38));
}

const threshold = (k, bias) => Math.min(26, Math.max(1, k - bias));

// encode returns the form of a label in ASCII, without its prefix.
function encode(label) {
  const points = [...label].map((c) => c.codePointAt(0));
  const basic = points.filter((p) => p < 128);
  let text = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '');
  let [n, delta, bias, done] = [128, 0, 72, basic.length];
  while (done < points.length) {
    const next = Math.min(...points.filter((p) => p >= n));
    delta += (next - n) * (done + 1);
    n = next;
    for (const p of points) {
      if (p < n) delta++;
      if (p !== n) continue;
      let q = delta;
      for (let k = 36; ; k += 36) {
        const t = threshold(k, bias);
        if (q < t) break;
        text += digit(t + ((q - t) % (36 - t)));
        q = Math.floor((q - t) / (36 - t));
      }
      text += digit(q);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    n++;
  }
  return text;
}

const digit = (d) => String.fromCharCode(d < 26 ? d + 97 : d + 22);

// decode is the way back. It throws a RangeError for what encode never returns.
function decode(text) {
  const dash = text.lastIndexOf('-');
  const points = dash > 0 ? [...text.slice(0, dash)].map((c) => c.codePointAt(0)) : [];
  if (points.some((p) => p >= 128)) throw new RangeError('Illegal input >= 0x80 (not a basic code point)');
  let [n, i, bias] = [128, 0, 72];
  for (let at = dash > 0 ? dash + 1 : 0; at < text.length;) {
    const before = i;
    for (let weight = 1, k = 36; ; k += 36) {
      const c = (text[at++] || '').toLowerCase();
      if (!/^[a-z0-9]$/.test(c)) throw new RangeError('Invalid input');
      const d = c >= 'a' ? c.charCodeAt(0) - 97 : Number(c) + 26;
      i += d * weight;
      if (i > 0x7fffffff) throw overflow();
      const t = threshold(k, bias);
      if (d < t) break;
      weight *= 36 - t;
    }
    bias = adapt(i - before, points.length + 1, before === 0);
    n += Math.floor(i / (points.length + 1));
    i %= points.length + 1;
    if (n > 0x10ffff) throw overflow();
    points.splice(i++, 0, n);
  }
  return String.fromCodePoint(...points);
}

const overflow = () => new RangeError('Overflow: input needs wider integers to process');

// decoded is decode, or null for what it refuses.
function decoded(text) {
  try {
    return decode(text);
  } catch {
    return null;
  }
}

exports.encode = encode;
exports.decode = decode;

// toASCII returns a domain as it goes over the wire, null if it cannot.
exports.toASCII = function (domain) {
  if (/^[\0-\x7f]*$/.test(domain)) domain = domain.toLowerCase();
  else domain = domain.replace(/[\u00ad\u200b\u2060\ufeff]/g, '').normalize('NFKC').toLowerCase().normalize('NFC').replace(/\u3002/g, '.');
  const labels = [];
  for (const label of domain.split('.')) {
    if (label.startsWith('xn--')) {
      const plain = /^[\0-\x7f]*$/.test(label) ? decoded(label.slice(4)) : null;
      if (plain === null || plain === '' || /^[\0-\x7f]*$/.test(plain)) return null;
      labels.push(label);
    } else {
      labels.push(/^[\0-\x7f]*$/.test(label) ? label : `xn--${encode(label)}`);
    }
  }
  return labels.join('.');
};

exports.toUnicode = function (domain) {
  return domain.split('.').map((label) => (label.startsWith('xn--') ? decoded(label.slice(4)) ?? label : label)).join('.');
};
