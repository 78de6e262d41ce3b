"""SQL functions that tables lean on: the alphabetical key, folding for search. Not a migration."""

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
ORDERED = "".join(chr(0xE000 + place) for place in range(len(ALPHABET)))

# Kazakh letters, and their Latin look-alikes inside Cyrillic words, as people type them without a
# Kazakh keyboard layout.
FOLD_FROM = "әғқңөұүһіёhiə"
FOLD_TO = "агкноуухиехиа"

FUNCTIONS = f"""
CREATE FUNCTION academy_sort_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(value), '{ALPHABET}', '{ORDERED}');

CREATE FUNCTION academy_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN value ~ '[а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ]'
            THEN translate(lower(value), '{FOLD_FROM}', '{FOLD_TO}')
            ELSE lower(value) END;
"""

DROP_FUNCTIONS = """
DROP FUNCTION academy_sort_key(text);
DROP FUNCTION academy_fold(text);
"""
