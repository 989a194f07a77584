var 1x
