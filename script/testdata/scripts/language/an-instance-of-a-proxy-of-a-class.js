// instanceof takes a Proxy of a class, or of a function.
class Shape {
  static make() {
    return new this();
  }
}
const Plain = new Proxy(Shape, {});
console.log(new Shape() instanceof Plain, new Plain() instanceof Shape, Plain.make() instanceof Plain, {} instanceof Plain, 1 instanceof Plain);

class Square extends Plain {}
console.log(new Square() instanceof Plain, new Square() instanceof Square, new Shape() instanceof Square);

const asked = [];
const Watched = new Proxy(Shape, {
  asked,
  get(target, key, receiver) {
    this.asked.push(key);
    return Reflect.get(target, key, receiver);
  },
});
console.log(new Shape() instanceof Watched, asked);

const Even = new Proxy(Shape, {
  get: (target, key) => (key === Symbol.hasInstance ? (value) => value % 2 === 0 : target[key]),
});
console.log(2 instanceof Even, 3 instanceof Even);

const Receiver = new Proxy(class {
  static get self() {
    return this;
  }
}, { get: undefined });
console.log(Receiver.self === Receiver, Receiver.none);

const methods = new Proxy(() => {}, {});
try {
  console.log({} instanceof methods);
} catch (error) {
  console.log(error.name, error.message);
}
const { proxy, revoke } = Proxy.revocable(Shape, {});
console.log(new Shape() instanceof proxy);
revoke();
try {
  console.log(new Shape() instanceof proxy);
} catch (error) {
  console.log(error.name);
}
