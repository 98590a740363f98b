"""Templates into text, with so small a language that operators may write it: no file, no module and no method of any
object can be reached, and nothing grows without bound. A name that the context lacks is an error: nobody is greeted
with "Hi ,"."""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template import Context, Engine, Template
from django.template.base import FilterExpression, Node, Variable, VariableNode
from django.template.defaulttags import IfNode
from django.template.smartif import TokenBase

from notifications.wording.faults import TemplateFault
from notifications.wording.formats import Loop

LONGEST_SOURCE = 10_000
LONGEST_TEXT = 50_000
DEEPEST = 10
# Nobody can type it, because nobody knows it: what a person wrote must not pass for a template's fault.
MARK = secrets.token_hex(16)
MISSING = f"{MARK}missing:%s{MARK}"
MISSING_NAME = re.compile(f"{MARK}missing:(.*?){MARK}")
# What tables and lists can do besides holding values: `{{ person.clear }}` would be called. Texts and numbers can do no
# harm, and a list's "count" and "index" cannot be called without a value.
METHODS = frozenset(dir(dict) + dir(list)) - {"count", "index"}
# What the machinery keeps beside the values.
MACHINERY = frozenset(vars(Context()))
LOOP_NAMES = {"counter": 1, "counter0": 0, "first": True, "last": True}

Path = tuple[str, ...]


class Sandbox(Engine):
    default_builtins = ["notifications.wording.formats"]


@dataclass(frozen=True, slots=True)
class Name:
    """A path that a template asks for; ``within`` says what its first name stands for inside loops."""

    path: Path
    within: tuple[tuple[str, Path], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it leads to data and to no part of the machinery."""
        return self.path[0] not in MACHINERY and not METHODS.intersection(self.path[1:])


def render(source: str, context: Mapping[str, Any]) -> str:
    """``source`` rendered, escaped for nothing. Raises TemplateFault."""
    template = compiled(source)
    try:
        text = str(template.render(Context(dict(context), autoescape=False)))
    except Exception as error:  # a filter may raise anything, and the template is at fault all the same
        raise TemplateFault(f"{type(error).__name__}: {error}") from error
    missing = MISSING_NAME.search(text)
    if missing:
        raise TemplateFault(f"The context has no {missing[1]}.")
    if len(text) > LONGEST_TEXT:
        raise TemplateFault(f"It makes more than {LONGEST_TEXT} characters.")
    return text


@lru_cache(maxsize=4096)
def compiled(source: str) -> Template:
    """Raises TemplateFault for what is malformed, too long, or reaches where words have no business."""
    if len(source) > LONGEST_SOURCE:
        raise TemplateFault(f"It is longer than {LONGEST_SOURCE} characters.")
    try:
        template = Template(source, engine=_engine())
        strange = sorted({".".join(name.path) for name in names_in(template) if not name.is_plain})
    except TemplateFault:
        raise
    except Exception as error:  # too deep a nesting is no syntax error, yet a fault
        raise TemplateFault(f"{type(error).__name__}: {error}") from error
    if strange:
        raise TemplateFault(f"It may not ask for {', '.join(strange)}.")
    return template


def names_in(template: Template) -> list[Name]:
    """Every name that the template asks for, also where a condition hides it. Raises TemplateFault for a loop within a
    loop."""
    return list(_names(template.nodelist, ()))


def unknown_names(source: str, sample: Mapping[str, Any]) -> list[str]:
    """What ``source`` asks for and ``sample`` has not."""
    return sorted({".".join(name.path) for name in names_in(compiled(source)) if not _is_in(sample, name)})


@lru_cache(maxsize=1)
def _engine() -> Engine:
    nothing: list[Any] = [("django.template.loaders.locmem.Loader", {})]
    return Sandbox(loaders=nothing, autoescape=False, string_if_invalid=MISSING)


def _names(nodes: Iterable[Node], within: tuple[tuple[str, Path], ...], depth: int = 0) -> Iterator[Name]:
    if depth > DEEPEST:
        raise TemplateFault(f"Conditions stand more than {DEEPEST} deep.")
    for node in nodes:
        if isinstance(node, VariableNode):
            yield from _of_expression(node.filter_expression, within)
        elif isinstance(node, IfNode):
            for condition, inside in node.conditions_nodelists:
                yield from _of_condition(condition, within)
                yield from _names(inside, within, depth + 1)
        elif isinstance(node, Loop):
            yield from _of_loop(node, within, depth + 1)


def _of_loop(node: Any, within: tuple[tuple[str, Path], ...], depth: int) -> Iterator[Name]:
    if within:
        raise TemplateFault("A loop stands within a loop.")
    listed = list(_of_expression(node.sequence, within))
    if len(node.loopvars) != 1 or len(listed) != 1 or node.sequence.filters:
        raise TemplateFault("A loop is {% for one in many %}.")
    yield from listed
    yield from _names(node.nodelist_loop, ((node.loopvars[0], listed[0].path),), depth)
    yield from _names(node.nodelist_empty, within, depth)


def _of_condition(condition: TokenBase | None, within: tuple[tuple[str, Path], ...]) -> Iterator[Name]:
    if condition is None:
        return
    value = getattr(condition, "value", None)
    if isinstance(value, FilterExpression):
        yield from _of_expression(value, within)
    for side in (getattr(condition, "first", None), getattr(condition, "second", None)):
        yield from _of_condition(side, within)


def _of_expression(expression: FilterExpression, within: tuple[tuple[str, Path], ...]) -> Iterator[Name]:
    arguments = [value for _, given in expression.filters for _, value in given]
    for asked in (expression.var, *arguments):
        if isinstance(asked, Variable) and asked.lookups is not None:
            yield Name(tuple(asked.lookups), within)


def _is_in(sample: Mapping[str, Any], name: Name) -> bool:
    first, *rest = name.path
    if name.within and first == "forloop":
        return rest != [] and rest[0] in LOOP_NAMES and len(rest) == 1
    for variable, listed in name.within:
        if first == variable:
            found = _at(sample, listed)
            return isinstance(found, list) and bool(found) and _at({first: found[0]}, name.path) is not None
    return _at(sample, name.path) is not None


def _at(sample: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(sample, dict | Mapping) or step not in sample:
            return None
        sample = sample[step]
    return sample
