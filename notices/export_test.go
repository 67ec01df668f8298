package notices

// What the tests of the registry look at inside.
var NameOf = nameOf

type PhotoID = photoID
