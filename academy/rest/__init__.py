"""The endpoint kit: how any endpoint signs in, refuses, pages, repeats. No domain."""
