// A field called get, set or async changes no text elsewhere in the file.
class A {
  get = 1;
  async = 2;
  toString() { return `x get = 1; set = 2`; }
  #set = 3;
  own() { let get = 2; get = 3; return [get, this.#set]; }
}
console.log(String.raw` get = 1`, ((parts) => parts.raw[0])`\u{1F600} set = 1`, / async = 1/.source);
console.log('\uD83D get = 1'.length, '😀 get = 1; async = 2', `😀 ${1} set = 1`);
console.log(String(A), A.prototype.own.toString(), new A().own(), String(new A()));
