package dialog

// dialogues is every conversation there is: a new one is a file beside this
// and a line here.
func dialogues() []flow {
	return []flow{
		&language, &home, &resume, &register, &find, &slot, &book, &mine, &help,
	}
}
