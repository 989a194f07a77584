throw new AggregateError([new Error("a")],"multi")
