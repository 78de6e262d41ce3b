"""The endpoint kit: how any endpoint signs in, reads, refuses, pages, repeats and describes itself. No domain."""
