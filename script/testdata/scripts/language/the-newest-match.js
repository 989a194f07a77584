// RegExp.$1 and its kin, of whatever matched last.
const show = () => console.log(RegExp.$1, RegExp.$2, RegExp.$9, RegExp.lastMatch, RegExp['$+'], RegExp.leftContext, RegExp["$'"], RegExp.input, RegExp['$&']);
show();
console.log(/(b)(c)?/.test('abd'), /x/.test('y'));
show();
console.log('2026-12-01'.replace(/(\d+)-(\d+)/, () => `${RegExp.$2}/${RegExp.$1}`));
show();
console.log('a1b2'.match(/([a-z])(\d)/g), 'k=v'.search(/(=)(.)/));
show();
console.log('a,b;c'.split(/([,;])/), [...'x1y2'.matchAll(/(\w)(\d)/g)].length);
show();
let text = '<<K1K>> and <<G2G>>';
while (/<<(K|G)(\d+)\1>>/.test(text)) text = text.replace(/<<(K|G)\d+\1>>/, `[${RegExp.$1}:${RegExp.$2}]`);
console.log(text);
console.log(new RegExp('(q)').exec('aq').index, RegExp.$1, /a*/y.exec('aab')[0], RegExp.lastMatch, 'baac'.replace(/a*/g, '-'));
console.log(Object.keys(RegExp), String(RegExp.prototype.exec));

// test asks the exec of a class.
class Counting extends RegExp {
  exec(text) {
    this.count = (this.count ?? 0) + 1;
    return super.exec(text);
  }
}
const counting = new Counting('a');
console.log(counting.test('ba'), counting.test('b'), counting.count, 'a'.replace(counting, 'c'), counting.count);
