// What cannot be a text or a number says so, and nothing of what it is made of.
const bare = Object.create(null);
bare.member = { deep: bare };
for (const f of [() => String(bare), () => bare + 1, () => `${bare}`, () => bare > 1, () => [bare].join(), () => new Date(bare), () => isNaN(bare),
  () => 'a'.concat(bare), () => ({})[bare], () => `${Object.create({ toString: 1, valueOf: 2 })}`]) {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.message);
  }
}
