function r(){r()} r()
