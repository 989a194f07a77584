// Copyright 2026 The duplex authors. MIT license.

'use strict';

const graphemes = new Intl.Segmenter();
console.log([...graphemes.segment('a\u0301bc👨‍👩‍👧🇩🇪🇫🇷\r\n각')].map(({ segment, index }) => [segment, index]), graphemes.resolvedOptions());
console.log([...new Intl.Segmenter('en', { granularity: 'word' }).segment("Hello, it's 5 o'clock.")].map(({ segment, isWordLike }) => [segment, isWordLike]));
console.log([...new Intl.Segmenter('en', { granularity: 'sentence' }).segment('One. Two! Three')].map(({ segment }) => segment));
console.log(graphemes.segment('xyz').containing(1), Object.prototype.toString.call(Intl), Object.getOwnPropertyNames(Intl).sort().join());
console.log(['b', 'a', 'C'].sort(new Intl.Collator().compare), new Intl.Collator('en', { numeric: true }).compare('a10', 'a9'),
  new Intl.Collator(undefined, { sensitivity: 'base' }).compare('a', 'Á'));
console.log(new Intl.NumberFormat().format(1234567.891), new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 }).format(2.75),
  Intl.NumberFormat('en').resolvedOptions().locale);
console.log(new Intl.PluralRules('en').select(1), new Intl.PluralRules().select(2),
  [1, 2, 3, 4, 11, 12, 13, 21, 102].map((n) => new Intl.PluralRules('en', { type: 'ordinal' }).select(n)).join());
console.log(new Intl.ListFormat('en').format(['a', 'b', 'c']), new Intl.ListFormat('en', { type: 'disjunction' }).format(['a', 'b']), new Intl.ListFormat().format(['x']));
console.log(new Intl.DateTimeFormat('en-US', { timeZone: 'UTC' }).format(new Date(Date.UTC(2026, 10, 5, 15, 4, 5))),
  Intl.DateTimeFormat().resolvedOptions().timeZone, Intl.DateTimeFormat().resolvedOptions().locale);
const { language, script, region } = new Intl.Locale('zh-hant-tw');
console.log(language, script, region, String(new Intl.Locale('en-us')), Intl.getCanonicalLocales('EN-us'), Intl.NumberFormat.supportedLocalesOf(['en', 'en-GB']));
for (const wrong of [() => Intl.Segmenter(), () => Intl.getCanonicalLocales('no locale'), () => new Intl.Segmenter('en', { granularity: 'x' })]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.name);
  }
}
