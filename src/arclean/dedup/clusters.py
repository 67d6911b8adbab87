"""Who stays: stars around the kept document, each member alike to it itself.

Never bare transitive closure: A like B and B like C says nothing of A and C, and chains of templates would merge
thousands of unlike pages. No two documents that stay are a pair, and none goes without a pair that stays.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from arclean.dedup.matches import Groups

if TYPE_CHECKING:  # its room reads files in many formats, which comparing does not need
    from arclean.documents import Document

Keep: TypeAlias = "Literal['longest', 'first', 'newest'] | Callable[[Sequence[Document]], Document]"
Star = tuple[int, list[tuple[int, int]]]


def stars(groups: Groups, order: Callable[[int], tuple[float, int, str] | tuple[int, str] | int]) -> list[Star]:
    """Keep the best document, drop all that are like it, and go on with what is left: `order` puts the best first."""
    near = groups.neighbours
    sizes = groups.sizes.tolist()
    involved = [g for g, size in enumerate(sizes) if size > 1 or g in near]
    best = {g: groups.of(g)[0] if sizes[g] == 1 else min(groups.of(g), key=order) for g in involved}
    done: set[int] = set()
    found: list[Star] = []
    for g in sorted(involved, key=lambda g: order(best[g])):
        if g not in done:
            others = _around(groups, g, best[g], done)
            if others:
                found.append((best[g], others))
    return found


def chosen_stars(groups: Groups, choose: Callable[[list[int]], int]) -> list[Star]:
    """Let `choose` name the document to keep of each connected cluster, drop those alike to it, ask about the rest."""
    near = groups.neighbours
    done: set[int] = set()
    found: list[Star] = []
    waiting = [[g] for g, size in reversed([*enumerate(groups.sizes.tolist())]) if size > 1 or g in near]
    while waiting:
        for component in _components(groups, waiting.pop(), done):
            members = sorted(doc for g in component for doc in groups.of(g))
            if len(members) == 1:
                done.update(component)
                continue
            kept = choose(members)
            home = next(g for g in component if kept in groups.of(g))
            found.append((kept, _around(groups, home, kept, done)))
            waiting.append([g for g in component if g not in done])
    return found


def _around(groups: Groups, home: int, kept: int, done: set[int]) -> list[tuple[int, int]]:
    done.add(home)
    others = [(doc, -1) for doc in groups.of(home) if doc != kept]
    for g, pair in groups.neighbours.get(home, ()):
        if g not in done:
            done.add(g)
            others += [(doc, pair) for doc in groups.of(g)]
    return others


def _components(groups: Groups, seeds: list[int], done: set[int]) -> list[list[int]]:
    """Give the connected components of what is not done that hold the seeds."""
    near = groups.neighbours
    seen: set[int] = set()
    components = []
    for seed in seeds:
        if seed in seen or seed in done:
            continue
        seen.add(seed)
        component = [seed]
        for g in component:  # it grows while it is walked
            new = [h for h, _ in near.get(g, ()) if h not in seen and h not in done]
            seen.update(new)
            component += dict.fromkeys(new)
        components.append(sorted(component))
    return components
