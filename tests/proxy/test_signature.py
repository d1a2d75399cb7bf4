"""The signature check against botocore's signer: what is right passes, and each single wrong thing is refused."""

import hashlib
import unittest

from .fixtures import KEYS, hours_from_now, signed_request
from .signature import Key, Verifier, parse_key


class SignatureTest(unittest.TestCase):
    def setUp(self):
        self.verifier = Verifier(KEYS)

    def refused(self, request, code, words=""):
        refusal = self.verifier.check(request)
        self.assertIsNotNone(refusal, "it was accepted")
        self.assertEqual(code, refusal.code)
        self.assertIn(words, refusal.message)

    def test_a_correct_signature_passes(self):
        self.assertIsNone(self.verifier.check(signed_request()))
        self.assertIsNone(self.verifier.check(signed_request(body='{"ä": "ü"}'.encode(), region="eu-north-1")))

    def test_a_correct_signature_with_a_session_token_passes(self):
        self.assertIsNone(self.verifier.check(signed_request(key_id="SESSION")))

    def test_a_wrong_secret_is_refused(self):
        self.refused(signed_request(secret="another"), "InvalidSignatureException", "does not match")

    def test_an_unknown_key_id_is_refused(self):
        self.refused(signed_request(key_id="STRANGER"), "UnrecognizedClientException")

    def test_a_wrong_session_token_is_refused(self):
        self.refused(signed_request(key_id="SESSION", token="another"), "UnrecognizedClientException")

    def test_a_missing_session_token_is_refused(self):
        request = signed_request(key_id="SESSION")
        request.headers.remove("x-amz-security-token")
        self.refused(request, "UnrecognizedClientException")

    def test_a_session_token_where_the_key_has_none_is_refused(self):
        self.refused(signed_request(token="uninvited"), "UnrecognizedClientException")

    def test_a_session_token_that_the_signature_does_not_cover_is_refused(self):
        request = signed_request(key_id="PLAIN")
        request.headers.append(("X-Amz-Security-Token", "session-token"))
        self.verifier.keys["PLAIN"] = Key("plain-secret", "session-token")
        self.refused(request, "InvalidSignatureException", "x-amz-security-token")

    def test_a_tampered_body_is_refused(self):
        request = signed_request(body=b'{"a": 1}')
        request.body = b'{"a": 2}'
        self.refused(request, "InvalidSignatureException", "does not match")

    def test_a_tampered_body_with_its_old_declared_hash_is_refused(self):
        body = b'{"a": 1}'
        request = signed_request(body=body, **{"X-Amz-Content-Sha256": hashlib.sha256(body).hexdigest()})
        self.assertIsNone(self.verifier.check(request))
        request.body = b'{"a": 2}'
        self.refused(request, "InvalidSignatureException", "x-amz-content-sha256")

    def test_a_tampered_operation_or_host_is_refused(self):
        for name, value in (("X-Amz-Target", "DynamoDB_20120810.DeleteItem"), ("Host", "elsewhere:80")):
            with self.subTest(name):
                request = signed_request()
                request.headers.set(name, value)
                self.refused(request, "InvalidSignatureException", "does not match")

    def test_another_method_or_path_is_refused(self):
        request = signed_request()
        request.method = "PUT"
        self.refused(request, "InvalidSignatureException", "does not match")
        request = signed_request()
        request.target = "/other"
        self.refused(request, "InvalidSignatureException", "does not match")

    def test_an_amz_header_that_is_not_signed_is_refused(self):
        request = signed_request()
        request.headers.append(("X-Amz-Extra", "1"))
        self.refused(request, "InvalidSignatureException", "x-amz-extra")

    def test_a_signed_header_that_is_missing_is_refused(self):
        request = signed_request()
        request.headers.remove("content-type")
        self.refused(request, "InvalidSignatureException", "content-type")

    def test_another_service_in_the_scope_is_refused(self):
        self.refused(signed_request(service="s3"), "InvalidSignatureException", "correct service")

    def test_another_region_is_refused_where_one_is_demanded(self):
        self.verifier.region = "eu-west-1"
        self.refused(signed_request(region="us-east-1"), "InvalidSignatureException", "region")

    def test_a_scope_of_another_day_is_refused(self):
        request = signed_request()
        request.headers.set("Authorization", request.headers.get("Authorization").replace(
            f"PLAIN/{request.headers.get('x-amz-date')[:8]}", "PLAIN/20200101"))
        self.refused(request, "InvalidSignatureException", "Date in Credential scope")

    def test_no_or_a_broken_authorization_is_refused(self):
        request = signed_request()
        request.headers.set("Authorization", "Basic eDp5")
        self.refused(request, "IncompleteSignatureException")
        request.headers.remove("Authorization")
        self.refused(request, "MissingAuthenticationTokenException")

    def test_a_date_two_hours_off_is_refused_in_either_direction(self):
        self.refused(signed_request(at=hours_from_now(-2)), "InvalidSignatureException", "Signature expired")
        self.refused(signed_request(at=hours_from_now(+2)), "InvalidSignatureException", "Signature not yet current")

    def test_a_date_one_minute_off_passes(self):
        self.assertIsNone(self.verifier.check(signed_request(at=hours_from_now(-1 / 60))))

    def test_any_date_passes_without_a_clock_window(self):
        self.assertIsNone(Verifier(KEYS, clock_window_s=None).check(signed_request(at=hours_from_now(-48))))

    def test_a_date_that_is_none_is_refused(self):
        request = signed_request()
        request.headers.set("X-Amz-Date", "20269999T999999Z")
        request.headers.set("Authorization", request.headers.get("Authorization").replace(
            "PLAIN/" + request.headers.get("Authorization").split("PLAIN/")[1][:8], "PLAIN/20269999"))
        self.refused(request, "InvalidSignatureException", "not a date")

    def test_a_key_on_the_command_line_is_read_with_and_without_token(self):
        self.assertEqual(("ID", Key("s/e+c")), parse_key("ID:s/e+c"))
        self.assertEqual(("ID", Key("secret", "to:ken==")), parse_key("ID:secret:to:ken=="))
        with self.assertRaises(ValueError):
            parse_key("ID")
