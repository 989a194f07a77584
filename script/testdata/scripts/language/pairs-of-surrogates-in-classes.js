// A class of first halves and one of second halves are two classes, in one expression.
const show = (text) => console.log(escape(String(text)));
const lone = 'a\ud83db\ude00c😀d\ud83d';
const places = (expression, text = lone) => console.log([...text.matchAll(expression)].map((match) => [match.index, match[0].length]));

const pair = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
for (const text of ['<é😀>', 'x😀y', '😀😁']) {
  show(text.replace(pair, (found) => `[${found.length}]`));
  show(text.match(pair));
  show(text.split(pair));
  show(text.replaceAll(pair, 'Z'));
}
places(pair);
places(/[\uD800-\uDBFF][^\uDC00-\uDFFF]/g);
places(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/g);
places(new RegExp('[\uD800-\uDBFF](?![\uDC00-\uDFFF])', 'g'));
places(new RegExp('[\\uD800-\\uDBFF](?=[\\uDC00-\\uDFFF])', 'g'));
places(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/gu);
places(/[\uD800-\uDBFF]+|[\uDC00-\uDFFF]*/g);
places(/\ud83d[\udc00-\ude80\udf00-\udf10]|\ud835[\udc00-\udcff\udd00]/g, '😀x𝒜');

// The source is what it was, and characters for private use are characters.
for (const one of [pair, new RegExp('[\\uD800-\\uDBFF][^\\uDC00-\\uDFFF]'), new RegExp(pair, 'y'), /a\]b[\]\uD800-\uDBFF][^\]\uDC00-\uDFFF]/]) {
  console.log(one.source, String(one));
}
show('\ue700😀\ue701'.match(/[^\ud83d-\ud83e][\udc00-\udfff\ue701]|[\ud800-\udbff][\udc00-\udfff]/g));
show('\ue701\ue700'.replace(/[\ud800-\udbff]|[\udc00-\udfff]|[\udc01-\udffe]/g, 'E'));
console.log(new RegExp(pair.source).test('a😀'), /(?<h>[\uD800-\uDBFF])(?<l>[\uDC00-\uDFFF])/.exec('a😀').groups.l.charCodeAt(0));

for (const text of ['a😀', '\ud83d', 'a\ude00', '\ud83d\ud83d\ude00', 'x', '', 'é😀\ude00']) {
  console.log(text.isWellFormed(), escape(text.toWellFormed()));
}
