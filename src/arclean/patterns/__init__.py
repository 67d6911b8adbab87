"""The grammar that phrases are written in, and the automaton that finds which phrase a line is.

A phrase is a line of words; `[x]` may be missing, `(x | y)` is one of several, `x+` is once or more often, `{NAME}` is
a class of the class table, and `:` is a separator that must be there (a colon, dash, bar, slash or arrow; elsewhere
they do not count), `"` a quotation mark that must. There are kinds of words: `<n>` is a number, `<a>` a word in Latin
letters, `<k>` a word that some phrase names, `<w>` any word that does not tell a story (the class STORY: قال، بحسب،
كان), `<b>` one of those that may be part of a name, `<t>` any word whatever; `...` is one or more of `<w>`. A letter
that stands alone (و، ب، ل) is also found attached to the next word (بالموقع، للموقع). Words are compared by their key,
so that marks, alef forms, the digits' script and punctuation do not count.

All phrases together become one automaton over words. It is run by keeping the set of its live states, never by
backtracking: a line costs its words times the live states, whatever the phrases are.
"""

from arclean.patterns.automaton import Automaton
from arclean.patterns.syntax import SIGNS, PhraseError, tokens
from arclean.patterns.trails import is_trail, may_be_trail, parts_of_trail

__all__ = ["SIGNS", "Automaton", "PhraseError", "is_trail", "may_be_trail", "parts_of_trail", "tokens"]
