"""SCIM 2.0 (RFC 7643, 7644): people, posts and roles, as HR brings them."""
