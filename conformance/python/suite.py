"""The suite's end of the line protocol of kit/run-suite.ts, and the logins of the installation."""

import base64
import json
import sys
import time
import traceback
import uuid

import httpx
import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

with open(sys.argv[1], encoding="utf-8") as file:
    INPUT = json.load(file)
with open(INPUT["access"], encoding="utf-8") as file:
    ACCESS = json.load(file)
BASE_URL = INPUT["baseUrl"]
PATIENCE_S = 60


def check(name, body):
    """Tries one thing and reports how it went; never raises."""
    begun = time.monotonic()
    result = {"type": "result", "name": name, "ok": True}
    try:
        body()
    except BaseException:  # noqa: BLE001 - also what asyncio cancels
        result = {**result, "ok": False, "error": traceback.format_exc()[-3000:]}
    print(json.dumps({**result, "ms": round((time.monotonic() - begun) * 1000)}), flush=True)


def done():
    print(json.dumps({"type": "done"}), flush=True)


def eventually(ask, wanted):
    """Asks again until the answer is the wanted one; fails with the last answer after a minute."""
    deadline = time.monotonic() + PATIENCE_S
    while not wanted(answer := ask()):
        assert time.monotonic() < deadline, f"still {answer!r} after {PATIENCE_S} s"
        time.sleep(0.2)
    return answer


def integration_of(konto):
    return next(one for one in ACCESS["integrations"] if one["integrasjonId"] == konto["integrasjonId"])


def token(integration):
    """A token by the JWT grant, as Maskinporten gives it (RFC 7523 section 2.1)."""
    certificate = x509.load_pem_x509_certificate(integration["certificatePem"].encode())
    now = int(time.time())
    assertion = jwt.encode(
        {
            "aud": ACCESS["issuer"],
            "iss": integration["clientId"],
            "scope": "ks:fiks",
            "iat": now,
            "exp": now + 120,
            "jti": str(uuid.uuid4()),
        },
        integration["privateKeyPem"],
        algorithm="RS256",
        headers={"x5c": [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()]},
    )
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    answer = httpx.post(ACCESS["tokenEndpoint"], data=grant)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]
