"""SCIM filters as conditions of the database: nothing is filtered after it was read."""

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q
from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from academy.api.scim.resources import SERVICE

# The column behind each attribute, and whether upper and lower case are told apart.
COLUMNS = {
    "id": ("public_id", True),
    "externalid": ("external_id", True),
    "username": ("known_as", False),
    "name.familyname": ("family_name", False),
    "name.givenname": ("given_name", False),
    "name.middlename": ("patronymic", False),
    "emails": ("email", False),
    "emails.value": ("email", False),
    "preferredlanguage": ("language", False),
    "meta.created": ("created_at", True),
    "meta.lastmodified": ("changed_at", True),
    "active": ("active", True),
    f"{SERVICE.lower()}:post.court": ("present_court", True),
    f"{SERVICE.lower()}:post.position": ("present_position", True),
}
LOOKUPS = {
    CompareOperator.co: "contains",
    CompareOperator.sw: "startswith",
    CompareOperator.ew: "endswith",
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}
TEXT_ONLY = (CompareOperator.co, CompareOperator.sw, CompareOperator.ew)


def condition(node: FilterNode) -> Q:
    """The condition that a filter stands for; refuses what cannot be asked of the database."""
    match node:
        case Comparison():
            return _compare(_name(node.attr_path), node.op, node.value)
        case Present():
            return _present(_name(node.attr_path))
        case Not():
            return ~condition(node.expr)
        case LogicalExpr():
            join: Callable[[Q, Q], Q] = or_ if node.op == LogicalOperator.or_ else and_
            return reduce(join, (condition(term) for term in node.terms))
        case ValuePath() if _name(node.attr_path) == "emails":
            return _of_email(node.val_filter)
    raise InvalidFilterException(detail="This filter cannot be answered.")


def _name(path: AttrPath) -> str:
    name = path.attr if path.sub_attr is None else f"{path.attr}.{path.sub_attr}"
    is_own = path.uri is not None and path.uri.lower() == SERVICE.lower()
    return (f"{SERVICE}:{name}" if is_own else name).lower()


def _column(name: str) -> tuple[str, bool]:
    try:
        return COLUMNS[name]
    except KeyError:
        raise InvalidFilterException(detail=f"{name} cannot be filtered by.") from None


def _compare(name: str, op: CompareOperator, value: object) -> Q:
    column, is_exact = _column(name)
    if value is None:
        return ~_present(name) if op == CompareOperator.eq else _present(name)
    if column == "public_id" and not _is_uuid(value):
        return Q(pk__in=[]) if op == CompareOperator.eq else Q()
    if op in (CompareOperator.eq, CompareOperator.ne):
        same = Q(**{f"{column}__{'exact' if is_exact else 'iexact'}": value})
        return same if op == CompareOperator.eq else ~same
    if op in TEXT_ONLY and (not isinstance(value, str) or column in {"active", "public_id"}):
        raise InvalidFilterException(detail=f"{name} is no text.")
    insensitive = "" if is_exact or op not in TEXT_ONLY else "i"
    return Q(**{f"{column}__{insensitive}{LOOKUPS[op]}": value})


def _present(name: str) -> Q:
    column, _is_exact = _column(name)
    if column in {"active", "public_id", "known_as"}:
        return Q()
    absent = Q(**{f"{column}__isnull": True})
    return ~(absent if column.endswith("_at") else absent | Q(**{column: ""}))


def _of_email(node: FilterNode) -> Q:
    """`emails[type eq "work" and value co "@court"]`: the one address is the work address."""
    match node:
        case LogicalExpr():
            join: Callable[[Q, Q], Q] = or_ if node.op == LogicalOperator.or_ else and_
            return reduce(join, (_of_email(term) for term in node.terms))
        case Comparison() if node.attr_path.attr.lower() == "value":
            return _compare("emails.value", node.op, node.value)
        case Comparison() if node.attr_path.attr.lower() in {"type", "primary"}:
            is_met = str(node.value).lower() in {"work", "true"} and node.op == CompareOperator.eq
            return ~Q(email="") if is_met else Q(pk__in=[])
    raise InvalidFilterException(detail="This filter of e-mail addresses cannot be answered.")


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
