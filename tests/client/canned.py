"""Replies that no honest server gives, as rules of the proxy, and every wrong type that a reply can have."""

import json

_WRONG = (None, True, 7, "text", [], ["x"], {})

# The JSON that the attribute types stand for; "X" is none.
_GOOD_TYPES = {"S": str, "N": str, "B": str, "BOOL": bool, "NULL": bool, "SS": list, "NS": list, "BS": list, "L": list, "M": dict}
_BAD_VALUES = [
    {"B": "not base64!"}, {"B": "A"}, {"NULL": False}, {"SS": [1]}, {"SS": "x"}, {"NS": [1]}, {"BS": ["!"]}, {"BS": [None]},
    {"L": [1]}, {"L": [{"S": 1}]}, {"L": [{}]}, {"M": {"a": 1}}, {"M": {"a": {"S": None}}}, {"X": "x"}, {"s": "x"}, {"": "x"},
    {"S": "x", "N": "1"}, {}]


def wrong_values():
    """Attribute values of the wrong type, at every place of one."""
    for tag, good in _GOOD_TYPES.items():
        for value in _WRONG:
            if not isinstance(value, good):
                yield {tag: value}
    yield from _BAD_VALUES
    yield from (value for value in _WRONG if value != {})


def wrong_replies(member):
    """Bodies that are JSON and not a reply whose `member` is an item."""
    yield from (json.dumps(value) for value in _WRONG if value != {})
    yield from (json.dumps({member: value}) for value in _WRONG if value != {})
    yield from (json.dumps({member: {"key": {"S": "k"}, "value": value}}) for value in wrong_values())


def reply(body, status=200, **headers):
    """A canned reply with a right length and a right checksum."""
    return {"action": "reply", "status": status, "body": body, "headers": headers}


def condition_failed(body):
    return reply(json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no", **body}), 400)


_ITEM = '{"Item":{"key":{"S":"k"},"value":{"S":"v"}}}'

# Not DynamoDB's, and seen at once.
UNUSABLE = {
    "wrong checksum": {"action": "wrong_crc32"},
    "checksum that is no number": {"action": "headers", "set": {"x-amz-crc32": "0x7b"}},
    "corrupted": {"action": "corrupt_reply"},
    "truncated JSON": reply(_ITEM[:-1]),
    "truncated in a string": reply(_ITEM[:20]),
    "JSON and more": reply(_ITEM + "}"),
    "no body": reply(""),
    "HTML": reply("<html><body>It works!</body></html>", **{"Content-Type": "text/html"}),
    "zeros": {"action": "reply", "body_base64": "AAAAAAAA"},
    "not UTF-8": {"action": "reply", "body_base64": "eyJJdGVtIjp7ImsiOnsiUyI6Iv/+In19fQ=="},
    "deep arrays": reply('{"Item":{"x":' + "[" * 100_000 + "]" * 100_000 + "}}"),
    "deep maps": reply('{"Item":' + '{"M":' * 100_000 + "1" + "}" * 100_000 + "}"),
    "deep and open": reply("[" * 100_000),
    "gzip bomb": {"action": "gzip_bomb", "mib": 64},
    "endless body": {"action": "endless_body"},
    "endless body with a length": {"action": "endless_body", "declared": True},
    "flood of headers": {"action": "header_flood"},
    "flood of small headers": {"action": "header_flood", "count": 200_000, "bytes": 0},
    "one huge header": {"action": "header_flood", "count": 1, "bytes": 8 << 20},
    "storm of interim replies": {"action": "informational_storm", "count": 300_000},
    "negative length": reply(_ITEM, **{"Content-Length": "-1"}),
    "chunks that are none": reply(_ITEM, **{"Transfer-Encoding": "chunked"}),
    "endless chunk": reply("ffffffffffffffff\r\n" + _ITEM, **{"Transfer-Encoding": "chunked"}),
    "packed, unasked": {"action": "gzip"},
}

# They end with the deadline and no sooner.
STUCK = {
    "slow drip": {"action": "slow_drip", "interval_ms": 50},
    "slow drip of the body": {"action": "slow_drip", "after_head": True, "interval_ms": 2000},
    "stall after the head": {"action": "stall_after_head"},
    "silence": {"action": "blackhole", "direction": "reply"},
    "a body that is too short": reply(_ITEM, **{"Content-Length": "1000"}),
    "a length that is too large for any": reply(_ITEM, **{"Content-Length": str(1 << 63)}),
    "protocols switched, unasked": {"action": "informational_storm", "count": 1, "status": 101},
}

# Wide instead of deep: just under the cap on a reply's size, and many times that once it is read into memory.
WIDE = {name: f'{{"Item":{{"x":{{"L":[{element}' + f",{element}" * ((4 << 20) // (len(element) + 1) - 64) + "]}},"
              '"Attributes":{"x":{"L":0}}}' for name, element in (("arrays", "[]"), ("numbers", "0"), ("maps", "{}"))}
