package bookings

// InsertPerson is the statement that stores people.
const InsertPerson = insertPerson
