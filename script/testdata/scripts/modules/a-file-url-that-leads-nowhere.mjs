// A URL of a file that is not there is an error of modules; resolve does not look.
for (const specifier of ['file:///none/none.mjs', '/none/none.mjs', 'file:///none/none.mjs?a#b']) {
  try {
    await import(specifier);
  } catch (error) {
    console.log(error.name, error.code, error.message.replace(/ imported from .*/s, ''));
  }
}
console.log(import.meta.resolve('/none/none.mjs'), import.meta.resolve('/none/a b.mjs?c#d'));
console.log(import.meta.resolve('file:///none/none.mjs?a#b'));
