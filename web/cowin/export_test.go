package cowin

// Captcha is the captcha that a seed makes.
var Captcha = captcha
