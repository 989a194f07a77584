process.emitWarning("hey"); process.emitWarning("dep","DeprecationWarning","DEP0"); process.emitWarning("x",{type:"Foo",code:"C1",detail:"some detail"}); process.emitWarning(new Error("e"));
