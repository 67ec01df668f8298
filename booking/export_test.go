package booking

// CheckDigit is the last digit of a reference id, from those in front of it.
var CheckDigit = checkDigit

// Follows is which status may come after which.
var Follows = follows
