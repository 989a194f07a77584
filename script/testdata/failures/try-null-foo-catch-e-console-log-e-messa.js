try { null.foo } catch (e) { console.log(e.message, e instanceof TypeError, e.stack.split("\n")[0], Object.keys(e)) }
