"""A client that openapi-python-client has generated from the running server's own description, as it came out."""

import base64
import io
import os
import uuid
from http import HTTPStatus

from generated import AuthenticatedClient
from generated.api.fiks_io import fiks_io_send
from generated.api.fiks_io_katalog import fiks_io_katalog_hent_konto
from generated.api.grunnmur_brev import post_get_timeline
from generated.api.grunnmur_meldinger import exchange_get_timeline
from generated.api.svar_ut_rest_v_1 import svarut_v1_status
from generated.api.svar_ut_rest_v_2 import svarut_v2_hent_metadata, svarut_v2_hent_statuser, svarut_v2_send
from generated.models import FiksIoSendBody, SvarutV2HentStatuserBody, SvarutV2SendBody
from generated.types import File
from suite import ACCESS, BASE_URL, INPUT, check, eventually, integration_of, token

KONTOER = ACCESS.get("fiksIoAccounts", [])
NAME = "Vedtak på søknad om båtplass.pdf"
UNKNOWN = uuid.UUID("00000000-0000-4000-8000-000000000000")


def client_of(integration):
    return AuthenticatedClient(base_url=BASE_URL, token=token(integration)).with_headers(
        {
            "IntegrasjonId": integration["integrasjonId"],
            "IntegrasjonPassord": integration["integrasjonPassord"],
        }
    )


def pdf():
    with open(os.path.join(INPUT["documents"], NAME), "rb") as file:
        return io.BytesIO(file.read())


def send_message(client):
    """From the first konto to the second; gives the answer."""
    body = FiksIoSendBody.from_dict(
        {
            "metadata": {
                "avsenderKontoId": KONTOER[0]["kontoId"],
                "mottakerKontoId": KONTOER[1]["kontoId"],
                "meldingType": "no.grunnmur.prove.v1.melding",
                "headere": {"klientMeldingId": str(uuid.uuid4())},
            }
        }
    )
    answer = fiks_io_send.sync_detailed(client=client, body=body)
    assert answer.status_code == HTTPStatus.ACCEPTED, answer.content
    return answer.parsed


def generated_checks():
    integration = next(one for one in ACCESS["integrations"] if one["svarutKontoIds"])
    konto_id = uuid.UUID(integration["svarutKontoIds"][0])
    letter = {}

    def sends_a_letter():
        person = next(one for one in ACCESS["persons"] if one["situation"] == "altinn")
        body = SvarutV2SendBody.from_dict(
            {
                "forsendelse": {
                    "tittel": f"Fra en generert klient {uuid.uuid4()}",
                    "mottaker": {
                        "navn": person["name"],
                        "digitalId": person["fnr"],
                        "adresselinje1": "Gata 1",
                        "postnummer": "0001",
                        "poststed": "OSLO",
                    },
                    "dokumenter": [{"filnavn": NAME, "mimeType": "application/pdf"}],
                }
            }
        )
        body.filer_0 = File(payload=pdf(), file_name=NAME, mime_type="application/pdf")
        answer = svarut_v2_send.sync_detailed(konto_id, client=client_of(integration), body=body)
        assert answer.status_code == HTTPStatus.OK, answer.content
        letter["id"] = answer.parsed.id

    def reads_the_letter():
        client = client_of(integration)
        wish = SvarutV2HentStatuserBody(forsendelse_ids=[str(letter["id"])])
        eventually(
            lambda: svarut_v2_hent_statuser.sync(konto_id, client=client, body=wish).statuser[0].status,
            lambda status: status == "VARSLET",
        )
        (document,) = svarut_v2_hent_metadata.sync(letter["id"], client=client).dokumenter
        assert document.filnavn == NAME, document
        assert post_get_timeline.sync(letter["id"], client=client).id == letter["id"]

    def basic_login():
        account = ACCESS["svarutV1Accounts"][0]
        login = base64.b64encode(f"{account['username']}:{account['password']}".encode()).decode()
        client = AuthenticatedClient(base_url=BASE_URL, token=login, prefix="Basic")
        answer = svarut_v1_status.sync_detailed(UNKNOWN, client=client)
        assert (answer.status_code, type(answer.parsed).__name__) == (404, "FeilV1"), answer.content

    def refusals():
        client = client_of(integration)
        unknown = post_get_timeline.sync_detailed(UNKNOWN, client=client)
        assert (unknown.status_code, type(unknown.parsed).__name__) == (404, "Problem"), unknown.content
        stranger = client.with_headers({"IntegrasjonPassord": "feil"})
        refused = svarut_v2_hent_metadata.sync_detailed(UNKNOWN, client=stranger)
        assert (refused.status_code, type(refused.parsed).__name__) == (401, "FeilV2"), refused.content

    def sends_a_message():
        client = client_of(integration_of(KONTOER[0]))
        sent = send_message(client)
        assert str(sent.mottaker_konto_id) == KONTOER[1]["kontoId"]
        konto = fiks_io_katalog_hent_konto.sync(sent.mottaker_konto_id, client=client)
        assert konto.konto_id == sent.mottaker_konto_id
        timeline = exchange_get_timeline.sync(sent.melding_id, client=client)
        assert timeline.id == sent.melding_id

    check("a generated client: a token by the JWT grant, and a letter with a PDF", sends_a_letter)
    check("a generated client: status, documents and timeline of the letter", reads_the_letter)
    check("a generated client: the password login of v1, and its errors in their own shape", basic_login)
    check("a generated client: refusals in the shapes that the description tells", refusals)
    check("a generated client: a message, its receiver and its timeline", sends_a_message)
