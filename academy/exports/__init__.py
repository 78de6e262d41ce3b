"""Files that leave: asked for as jobs, written by workers in pieces, fetched by a link."""
