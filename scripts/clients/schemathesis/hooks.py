"""Hooks of schemathesis: conditions that the document cannot state, so that schemathesis tests every route instead of excluding some."""
import itertools

import schemathesis

calls = itertools.count(1)

# Rules that the descriptions in the document state and its schemas do not: a part of the refusal, and the reason.
RULES = {
    "cursor must be the cursor of an earlier page": "only an earlier reply contains a valid cursor",
    "cursor is invalid": "only an earlier reply contains a valid cursor",
    "must be in the future": "the limit is the current time",
    "is not in the table messages.types": "the table is a setting",
    "room is required, except with a watch key": "the rule depends on the API key",
    "the scope watch cannot be combined": "a rule between values of one list",
    "give a watch key exactly one room": "a rule between two fields",
    "leave it out for a watch key": "a rule between two fields",
    "give user, or all: true": "`all: false` is the same as no `all`",
    "This Idempotency-Key was already used": "schemathesis repeats a key with another body",
    "The body has a field named __proto__": "the body is refused at any depth, also in `data`",
}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives every request its own address and Idempotency-Key.

    The api limits failed authentications and gateway requests per address, and every test comes from one. The example in the document is one
    Idempotency-Key for all routes and bodies, which the api refuses with 422.
    """
    number = next(calls)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    key = case.headers.get("idempotency-key")
    if key == "order-20260101-4711":
        case.headers["idempotency-key"] = f"{key}-{number}"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Accepts the refusal of a request that is valid by its schema and breaks one of the `RULES`."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code not in (400, 422):
        return True
    detail = response.json().get("detail", "")
    return not any(rule in detail for rule in RULES)
