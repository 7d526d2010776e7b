"""The hotline over HTTP: app, push, sign-in, metrics, and the client that speaks to them."""
