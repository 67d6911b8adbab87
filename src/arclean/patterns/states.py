"""Build the states of an automaton from phrases: each word moves it on, some moves take no word."""

from collections.abc import Mapping, Sequence

from arclean.patterns.syntax import ANY, LATIN, MORE, NAME, NUMBER, WORD, Node, PhraseError, parse, tokens

Moves = dict[str, tuple[int, ...]]
"""Where each word, or each kind of word, leads from a state."""


class Builder:
    """States under construction. State 0 is one beginning, state 1 another: see `Automaton`.

    Parameters: `classes` maps the name of a class to its alternatives, each a phrase.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        self._classes = classes
        self._forms = _forms(classes.get("FORMS", ()))
        self._parsed: dict[str, Node] = {}
        self._moves: list[dict[str, list[int]]] = [{}, {}]
        self._free: list[list[int]] = [[], []]  # moves that take no word
        self._ends: dict[int, int] = {}
        self.named: set[str] = set()
        """The words that phrases name, and the kinds of words; who adds a phrase may take its words out again."""
        self.labels: set[str] = set()
        """Whatever moves a state on."""

    def add(self, number: int, phrase: Node, beginning: int) -> None:
        """Add a phrase under its number.

        Raises PhraseError for an unknown class, or one that contains itself.
        """
        self._ends[self._build(phrase, beginning, ())] = number

    def finish(self) -> "States":
        """Give the moves of the states, the free ones taken into account."""
        return States(self._moves, self._free, self._ends)

    def begins(self, node: Node) -> frozenset[str] | None:
        """Give the words that a node may begin with; None if it may be left out or begin with any word."""
        if node.kind == "word" or node.text in (NUMBER, LATIN):
            return frozenset((node.text, *self._forms.get(node.text, ())))
        if node.kind in ("primitive", "option"):
            return None
        if node.kind != "sequence":
            parts = self._alternatives(node.text) if node.kind == "class" else node.parts
            choices = [self.begins(part) for part in parts]
            return None if None in choices else frozenset().union(*(c for c in choices if c))
        words: frozenset[str] = frozenset()
        for part in node.parts:
            missing = part.kind == "option"
            found = self.begins(part.parts[0] if missing else part)
            if found is None or not missing:
                return None if found is None else words | found
            words |= found
        return None

    def _alternatives(self, name: str) -> list[Node]:
        if name not in self._classes:
            raise PhraseError(f"unknown class {{{name}}}; there are {', '.join(sorted(self._classes))}")
        for text in self._classes[name]:
            if text not in self._parsed:
                self._parsed[text] = parse(text)
        return [self._parsed[text] for text in self._classes[name]]

    def _state(self) -> int:
        self._moves.append({})
        self._free.append([])
        return len(self._moves) - 1

    def _move(self, start: int, label: str, end: int) -> None:
        self.named.add(label)  # and not its other forms: شاركوا and تابعوا also tell what people did
        for form in (label, *self._forms.get(label, ())):
            self._moves[start].setdefault(form, []).append(end)
            self.labels.add(form)

    def _build(self, node: Node, start: int, within: tuple[str, ...]) -> int:
        """Add the states for a node after `start`; give the state that it ends in."""
        if node.kind == "sequence":
            for part in node.parts:
                start = self._build(part, start, within)
            return start
        end = self._state()
        if node.text == MORE:
            self._move(start, WORD, end)
            self._move(end, WORD, end)
        elif node.kind in ("word", "primitive"):
            self._move(start, node.text, end)
        elif node.kind == "class":
            self._add_class(node.text, start, end, within)
        elif node.kind == "repeat":
            again = self._state()  # a state of its own to come back to: what else starts at `start` starts once
            self._free[start].append(again)
            self._free[self._build(node.parts[0], again, within)] += (again, end)
        else:  # a choice, or something that may be missing
            for part in node.parts:
                self._free[self._build(part, start, within)].append(end)
            if node.kind == "option":
                self._free[start].append(end)
        return end

    def _add_class(self, name: str, start: int, end: int, within: tuple[str, ...]) -> None:
        if name in within:
            raise PhraseError(f"class {{{name}}} contains itself, by way of {' and '.join(within)}")
        for node in self._alternatives(name):
            only = node.parts[0] if len(node.parts) == 1 else node
            if only.kind == "word":
                self._move(start, only.text, end)  # most members of most classes: no states of their own
            else:
                self._free[self._build(node, start, (*within, name))].append(end)


def _forms(rows: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give the other forms of words: of each row the first word has those after it, in the spelling of keys."""
    folded = tokens(rows)
    return {row[0]: tuple(form for form in dict.fromkeys(row[1:]) if form != row[0]) for row in folded if row}


class States(dict[int, Moves]):
    """The moves of each state without the free ones, worked out when a line first comes to it.

    Of 28,000 states a document visits a few hundred; working all of them out took a fifth of the first call.
    """

    def __init__(
        self, moves: Sequence[Mapping[str, Sequence[int]]], free: Sequence[Sequence[int]], ends: dict[int, int]
    ) -> None:
        super().__init__()
        self._moves, self._free, self.ends = moves, free, ends
        # All phrases begin in the two beginnings, which are the union of many states, merged into one each.
        self.beginnings = (-1, -2)
        self[-1], self[-2] = self._merged(0), self._merged(1)

    def __missing__(self, state: int) -> Moves:
        """Work out the moves of a state."""
        self[state] = moves = {
            label: tuple(dict.fromkeys(s for t in targets for s in self._reached(t)))
            for label, targets in self._moves[state].items()
        }
        return moves

    def _reached(self, state: int) -> list[int]:
        """Give the states that take no word to come to, and that lead on or end a phrase."""
        if not self._free[state]:
            return [state] if self._moves[state] or state in self.ends else []
        seen, todo = {state}, [state]
        while todo:
            for other in self._free[todo.pop()]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return sorted(s for s in seen if self._moves[s] or s in self.ends)

    def _merged(self, beginning: int) -> Moves:
        merged: dict[str, dict[int, None]] = {}
        for state in self._reached(beginning):
            for label, targets in self[state].items():
                merged.setdefault(label, {}).update(dict.fromkeys(targets))
        return {label: tuple(targets) for label, targets in merged.items()}


def kinds_of(word: str, story: frozenset[str], no_name: frozenset[str]) -> tuple[str, ...]:
    """Give the kinds of word that a word is: the primitives of the grammar, `<k>` excepted.

    Parameters: the folded words of the classes STORY and NOBRAND.
    """
    if word.isdigit():
        return NUMBER, WORD, NAME, ANY
    if word in story or (word[0] in "وف" and word[1:] in story and word != "وادي"):  # a valley: not "and it led"
        return (ANY,)
    kinds = (WORD, ANY, LATIN) if word.isascii() else (WORD, ANY)
    # Imperfect verbs begin with yeh (يحل، يفتح); so do few names of papers and places.
    if word in no_name or (word[0] == "ي" and len(word) > 3):  # noqa: PLR2004 (a prefix and a root)
        return kinds
    return (*kinds, NAME)
