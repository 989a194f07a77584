throw new (class Foo extends Error{get name(){return "Bar"}})("q")
