// Package exotelapi is what texts and calls by Exotel have in common: the
// account, and what its answers look like.
//
//	address := account.Endpoint("Sms/send") // https://api.in.exotel.com/v1/Accounts/…/Sms/send
//	...
//	id, ok := exotelapi.ID(answer)
//
// Nothing that Exotel sends us is signed, so the secret in our addresses is all
// there is, and it is one for texts and calls.
//
// What a refusal means is for whoever asked: a number that takes no texts may take
// calls.
package exotelapi
