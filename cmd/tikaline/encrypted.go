package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"strings"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/otp"
)

// An encryptedStore keeps what callers were last answered under a key that is in no
// database. It is kept so that a repeated delivery gets the same answer, and a
// one-time password may be in it.
type encryptedStore struct {
	dialog.Store
	current string                 // the key that seals
	boxes   map[string]cipher.AEAD // by the key's id: made once, as each costs more than what it seals
}

// newEncryptedStore encrypts what goes into a store.
func newEncryptedStore(store dialog.Store, keys otp.Keys) (encryptedStore, error) {
	s := encryptedStore{Store: store, current: keys.Current().ID, boxes: make(map[string]cipher.AEAD)}
	for _, k := range keys.All() {
		block, err := aes.NewCipher(k.For("conversation"))
		if err != nil {
			return s, err
		}
		if s.boxes[k.ID], err = cipher.NewGCM(block); err != nil {
			return s, err
		}
	}
	return s, nil
}

// sealMark begins what is sealed. What begins otherwise is of a release that
// sealed nothing.
const sealMark = "sealed."

// Save seals the answer.
func (s encryptedStore) Save(ctx context.Context, r dialog.Record) (bool, error) {
	if r.LastReply != "" && !strings.HasPrefix(r.LastReply, sealMark) {
		box := s.boxes[s.current]
		nonce := make([]byte, box.NonceSize(), box.NonceSize()+len(r.LastReply)+box.Overhead())
		rand.Read(nonce) // never fails
		r.LastReply = sealMark + s.current + "." + base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(r.LastReply), []byte(r.Number)))
	}
	return s.Store.Save(ctx, r)
}

// Load opens it. One that was sealed with a key that is gone is none: whoever
// brings the message again is asked to dial again.
func (s encryptedStore) Load(ctx context.Context, number booking.MSISDN) (dialog.Record, error) {
	r, err := s.Store.Load(ctx, number)
	if err != nil || !strings.HasPrefix(r.LastReply, sealMark) {
		return r, err
	}
	id, text, _ := strings.Cut(strings.TrimPrefix(r.LastReply, sealMark), ".")
	r.LastReply = ""
	box := s.boxes[id]
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if box == nil || err != nil {
		return r, nil
	}
	if n := box.NonceSize(); len(raw) > n {
		if plain, err := box.Open(nil, raw[:n], raw[n:], []byte(number)); err == nil {
			r.LastReply = string(plain)
		}
	}
	return r, nil
}
