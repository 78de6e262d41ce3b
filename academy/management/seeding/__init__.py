"""Fill an empty service from the files in seeds/. What exists already is never touched."""
