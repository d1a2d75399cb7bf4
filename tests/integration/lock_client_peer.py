"""A peer that behaves as the AWS Lock Client for Java does, in a table that it shares with dynamutex.

What it relies on is only what that client documents: a record is dead once its version was seen unchanged for the record's own
leaseDuration; every write is conditional on the version that was seen. `in_place` is its option updateExistingLockRecord:
attributes that it does not know then stay on the record.
"""

import time
import uuid

import botocore.exceptions


class LockClientPeer:
    def __init__(self, dynamodb, table, lock, lease_s, in_place=False, go_form=False):
        self._dynamodb = dynamodb
        self._place = {"TableName": table}
        self._key = {"key": {"S": lock}}
        self._in_place = in_place
        self._lease_text = f"{lease_s}s" if go_form else str(int(lease_s * 1000))
        self._version = None
        self._seen = (None, 0.0)

    def try_acquire(self):
        """One look, and one write where the lock is free or was seen dead."""
        item = self._dynamodb.get_item(**self._place, Key=self._key, ConsistentRead=True).get("Item")
        if item is None:
            return self._write("attribute_not_exists(#k)", {"#k": "key"}, {})
        version = item["recordVersionNumber"]["S"]
        if self._seen[0] != version:
            self._seen = (version, time.monotonic())
        lease_text = item["leaseDuration"]["S"]
        lease_s = float(lease_text[:-1]) if lease_text.endswith("s") else int(lease_text) / 1000
        if "isReleased" not in item and time.monotonic() < self._seen[1] + lease_s:
            return False
        return self._write("#v = :seen", {}, {":seen": {"S": version}})

    def heartbeat(self):
        """True while the lock is still ours."""
        old, self._version = self._version, str(uuid.uuid4())
        try:
            self._dynamodb.update_item(
                **self._place, Key=self._key, UpdateExpression="SET #v = :v, #l = :l", ConditionExpression="#v = :old",
                ExpressionAttributeNames={"#v": "recordVersionNumber", "#l": "leaseDuration"},
                ExpressionAttributeValues={":v": {"S": self._version}, ":l": {"S": self._lease_text}, ":old": {"S": old}})
            return True
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False

    def release(self, keep=False):
        names, values = {"#v": "recordVersionNumber"}, {":v": {"S": self._version}}
        if keep:
            self._dynamodb.update_item(**self._place, Key=self._key, ConditionExpression="#v = :v",
                                       UpdateExpression="SET #r = :one", ExpressionAttributeNames={**names, "#r": "isReleased"},
                                       ExpressionAttributeValues={**values, ":one": {"S": "1"}})
        else:
            self._dynamodb.delete_item(**self._place, Key=self._key, ConditionExpression="#v = :v",
                                       ExpressionAttributeNames=names, ExpressionAttributeValues=values)

    def _write(self, condition, names, values):
        self._version = str(uuid.uuid4())
        record = {"ownerName": {"S": "a Java client"}, "leaseDuration": {"S": self._lease_text},
                  "recordVersionNumber": {"S": self._version}}
        names = {**names, **({"#v": "recordVersionNumber"} if "#v" in condition else {})}
        try:
            if self._in_place:
                names = {**names, "#o": "ownerName", "#l": "leaseDuration", "#v": "recordVersionNumber", "#r": "isReleased"}
                self._dynamodb.update_item(
                    **self._place, Key=self._key, ConditionExpression=condition,
                    UpdateExpression="SET #o = :o, #l = :l, #v = :v REMOVE #r", ExpressionAttributeNames=names,
                    ExpressionAttributeValues={**values, ":o": record["ownerName"], ":l": record["leaseDuration"],
                                               ":v": record["recordVersionNumber"]})
            else:
                self._dynamodb.put_item(**self._place, Item={**self._key, **record}, ConditionExpression=condition,
                                        ExpressionAttributeNames=names,
                                        **({"ExpressionAttributeValues": values} if values else {}))
            return True
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        except botocore.exceptions.ClientError as error:
            raise AssertionError(f"the peer's own request is wrong: {error}") from error
