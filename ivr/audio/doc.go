// Package audio keeps the recordings that an operator made of what is said on
// the telephone, serves them to providers, and tells which are missing or no
// longer say what the words say.
//
//	recordings, faults, err := audio.Open(os.DirFS(dir), words)
//	...
//	e.GET(audio.Prefix+"*", echo.WrapHandler(recordings))
//	path, ok := recordings.URL("hi", "home.pick") // /audio/hi/home.pick.3f9a0c1d2b4e.wav
//
// # How a recording is kept
//
// In a directory of the operator's, one per language: hi/home.pick.wav, and
// beside it hi/home.pick.txt with the words that were read. A choice is one
// recording with its key: hi/option.home.book.press.1.wav is "टीका बुक करने के
// लिए 1 दबाइए". `tikaline audio list` prints what there is to read aloud, and
// `tikaline audio accept` writes the .txt files of new recordings.
//
// A recording is 8 kHz, mono, 16-bit PCM: what a telephone carries, what every
// provider takes, and what needs no conversion on the way.
//
// # What it promises
//
//   - URL never leads to a recording that says something else than the words do,
//     or that is not in the right format: those are read out by a voice until
//     they are recorded again.
//   - What an address names never changes: the hash of the recording is in it,
//     and recordings are held in memory from the moment they are read.
//   - Only recordings are served, by the addresses that URL gives.
//
// # What was decided, and why
//
// The words stand beside each recording rather than their hash in a list: who
// records can be sent both and read both, and somebody who has lost track can
// see what changed.
//
// Recordings are read once. Some hundred prompts in three languages are 30 MB;
// a file that is replaced while calls go on would otherwise be served under the
// address of the old one.
//
// Texts with values in them are not recorded. Sentences that are put together
// from pieces sound like it, and are grammatical in no language but the one they
// were thought in.
//
// Speaker and Resample are for listening to the words before anybody reads them
// aloud: espeak-ng is a robot, and serves nobody.
package audio
