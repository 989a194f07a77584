// get, set and async may be names of fields, with a value, too.
class A {
  get = 1;
  set = () => this.get + 1
  async = [3];
  #get = 4;
  #set=5;
  static get = 6;
  static set = 'set = 7';
  static async = 8
  static #async = /get = 9/.test('get = 9');
  #own() {
    return [this.#get, this.#set, A.#async];
  }
  own = () => this.#own();
  get accessor() { return 10; }
  static async method() { return 11; }
}
const a = new A();
console.log(a, a.set(), a.own(), a.accessor, A.get, A.set, A.async);
A.method().then(console.log);

let get, set;
get = set = `set = 12`;
let async = (n) => n + 1;
async = async(12);
console.log(get, set, async, Object.keys({ get, set, async }), new (class { get = 1; set; async })());
console.log(new Function('class B { set = 1; #get = 2; get() { return this.#get; } } return new B()')().get());
