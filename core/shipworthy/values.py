"""
``dataclass`` for a program that starts often: the standard library's, whose methods are compiled when they are first used.

The standard library compiles six methods for every class when its module is imported, which takes a millisecond; one command imports
a hundred classes, makes values of a third of them, and compares or prints few. What a class is does not differ: fields, ``replace``,
``fields``, ``asdict``, freezing and type checkers see the same. Slotted classes alone are made here, and a value of a frozen one is
made in half the time, because its fields are set by the slots themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields, is_dataclass
from dataclasses import dataclass as standard
from functools import partial
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, slots, frozen=False, kw_only=False, order=False):  # noqa: ANN001, ANN201  # a type checker sees the other
        """As :func:`dataclasses.dataclass`; ``slots`` must be given, and be true."""
        assert slots
        given = {"slots": slots, "kw_only": kw_only}

        def make(cls: type) -> type:
            if any(map(is_dataclass, cls.__bases__)):
                return standard(**given, frozen=frozen, order=order)(cls)
            # Without words of its own a class would get its signature for them, which takes as long as all else.
            cls.__doc__ = cls.__doc__ or cls.__name__
            made = standard(**given, init=False, repr=False, eq=False)(cls)
            told = made.__dataclass_params__
            told.init = told.repr = told.eq = True
            told.frozen, told.order = frozen, order
            _equip(made, frozen=frozen, order=order)
            return made

        return make


__all__ = ["dataclass"]

_COMPARING = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _equip(cls: Any, *, frozen: bool, order: bool) -> None:
    own = vars(cls)
    _later(cls, "__init__", _init)
    _later(cls, "__eq__", partial(_comparing, "=="))
    if order:
        for name, sign in _COMPARING.items():
            _later(cls, name, partial(_comparing, sign))
    if "__repr__" not in own:
        cls.__repr__ = _repr
    if frozen:
        _later(cls, "__hash__", _hash)
        cls.__setattr__, cls.__delattr__ = _refuse_setting, _refuse_deleting
        cls.__getstate__, cls.__setstate__ = _state, _set_state
    else:
        cls.__hash__ = None


def _later(cls: Any, name: str, write: Callable[[Any], Any]) -> None:
    """Give ``cls`` a method that puts what ``write`` makes in its own place when it is called; one that the class has stays."""
    if vars(cls).get(name) is not None:
        return

    def first(self: Any, *values: Any, **named: Any) -> Any:
        method = write(cls)
        method.__qualname__ = first.__qualname__
        setattr(cls, name, method)
        return method(self, *values, **named)

    first.__name__, first.__qualname__ = name, f"{cls.__qualname__}.{name}"
    setattr(cls, name, first)


def _init(cls: Any) -> Any:
    """``__init__``, which hands each value to its slot."""
    known: dict[str, Any] = {"made": _MADE}
    given: list[str] = []
    named: list[str] = []
    body = []
    for at, one in enumerate(fields(cls)):
        name, argument, value = one.name, one.name, one.name
        if one.default is not MISSING:
            known[f"d{at}"] = one.default
            argument, absent = f"{name}=d{at}", f"d{at}"
        elif one.default_factory is not MISSING:
            known[f"d{at}"] = one.default_factory
            argument, absent = f"{name}=made", f"d{at}()"
            value = f"{absent} if {name} is made else {name}"
        elif not one.init:
            continue  # __post_init__ sets it
        if one.init:
            (named if one.kw_only else given).append(argument)
        else:
            value = absent
        known[f"s{at}"] = getattr(cls, name).__set__
        body.append(f" s{at}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    arguments = ", ".join(["self", *given, *(["*", *named] if named else [])])
    return _compiled(f"def __init__({arguments}):", body or [" pass"], known)


_MADE = object()
"""Stands for a default that is made anew for each value."""


def _comparing(sign: str, cls: Any) -> Any:
    mine, others = (_tuple(cls, name) for name in ("self", "other"))
    body = [
        " if other.__class__ is not self.__class__: return NotImplemented",
        f" return {mine} {sign} {others}",
    ]
    return _compiled("def compare(self, other):", body, {})


def _hash(cls: Any) -> Any:
    return _compiled(
        "def __hash__(self):", [f" return hash({_tuple(cls, 'self')})"], {}
    )


def _tuple(cls: Any, name: str) -> str:
    return f"({''.join(f'{name}.{one.name},' for one in fields(cls) if one.compare)})"


def _compiled(head: str, body: list[str], known: dict[str, Any]) -> Any:
    made: dict[str, Any] = {}
    exec("\n".join([head, *body]), known, made)  # noqa: S102  # of names of fields alone
    return next(iter(made.values()))


def _repr(self: Any) -> str:
    shown = [f"{one.name}={getattr(self, one.name)!r}" for one in _shown(self)]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _shown(self: Any) -> list[Field[Any]]:
    return [one for one in fields(self) if one.repr]


def _refuse_setting(self: Any, name: str, value: Any) -> None:
    del self, value
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(self: Any, name: str) -> None:
    del self
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
