try { let o={}; o.f() } catch ({message}) { console.log(message) }
