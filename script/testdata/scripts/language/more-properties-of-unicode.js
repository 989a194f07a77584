// Properties that Unicode derives, those of emoji, and the short names. What is newer
// than the tables of Go is not looked at.
const count = (name) => {
  const expression = new RegExp(`^\\p{${name}}$`, 'u');
  let found = 0;
  for (let c = 0; c < 0x800; c++) if (c !== 0x295 && expression.test(String.fromCodePoint(c))) found++;
  for (let c = 0x2000; c < 0x2C00; c++) if (![0x200c, 0x200d, 0x20c1, 0x2427, 0x2428, 0x2429, 0x2b96].includes(c)) found += expression.test(String.fromCodePoint(c)) ? 10000 : 0;
  return found;
};
for (const name of ['ID_Start', 'ID_Continue', 'XID_Start', 'XIDC', 'Math', 'Cased', 'Case_Ignorable', 'DI', 'Grapheme_Extend', 'Gr_Base',
  'Emoji', 'Emoji_Component', 'Emoji_Presentation', 'Extended_Pictographic', 'RI', 'space', 'AHex', 'Dep', 'Pat_Syn', 'sc=Grek', 'Script=Cyrl',
  'Any', 'Surrogate', 'Control', 'Format']) console.log(name, count(name));
console.log('a😀👍🏽é'.match(/\p{Emoji_Presentation}|\p{EMod}/gu), /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u.test('ñame1'), /\P{Emoji}/u.exec('😀x')[0]);
for (const name of ['Nope', 'Other_Math', 'sc=Nope', 'Prepended_Concatenation_Mark', 'gc=Greek']) {
  try {
    console.log(new RegExp(`\\p{${name}}`, 'u'));
  } catch (e) {
    console.log(e.name, e.message);
  }
}
try {
  new Function('return /[\\p{Nope}]/u');
} catch (e) {
  console.log(e.name, e.message);
}
