"""Signed calls to addresses outside: how one is made, and how it proves who makes it."""
