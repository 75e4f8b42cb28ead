package no.grunnmur.conformance.v1;

import static no.grunnmur.conformance.Documents.VEDLEGG;
import static no.grunnmur.conformance.Documents.VEDTAK;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Pem;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.klient.model.Adresse;
import no.ks.fiks.svarut.klient.model.Forsendelse;
import no.ks.fiks.svarut.klient.model.ForsendelsesId;
import no.ks.fiks.svarut.klient.model.Status;
import no.ks.kryptering.CMSKrypteringImpl;

/** The way of a letter, per situation of its recipient, to its end as the sender sees it. */
record DeliveryChecks(Suite suite, Sender sender) {
  void run() {
    Access access = sender.access();
    Access.Person altinn = access.person("altinn");
    suite.check("a person in Altinn: VARSLET, reads all of the letter in the portal, LEST", () -> {
      ForsendelsesId id = sender.send(sender.letter(Sender.to(altinn), VEDTAK, VEDLEGG));
      sender.reaches(id, Status.VARSLET);
      JsonNode documents = suite.readLetter(id.getId(), altinn.fnr(), 3).get("documents");
      Expect.equal(documents.path(0).path("sha256").asText(), access.documents().sha256(VEDTAK), "first document");
      Expect.equal(documents.path(1).path("sha256").asText(), access.documents().sha256(VEDLEGG), "second document");
      sender.reaches(id, Status.LEST);
    });
    suite.check("an encrypted letter of level 4 is read at level 4: LEST", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK).withKryptert(true).withKrevNiva4Innlogging(true);
      ForsendelsesId id = sender.client().sendForsendelse(letter, encrypted(VEDTAK));
      sender.reaches(id, Status.VARSLET);
      JsonNode documents = suite.readLetter(id.getId(), altinn.fnr(), 4).get("documents");
      Expect.equal(documents.path(0).path("sha256").asText(), access.documents().sha256(VEDTAK), "document");
      sender.reaches(id, Status.LEST);
    });
    suite.check("a person with a digital mailbox: LEVERT_SDP", () -> ends(to("digital-mailbox"), false, Status.LEVERT_SDP));
    suite.check("a reserved person: PRINTET", () -> ends(to("reserved"), false, Status.PRINTET));
    suite.check("a recipient without digital address: PRINTET", () -> ends(Sender.address("Ola"), false, Status.PRINTET));
    suite.check("kunDigitalLevering to a reserved person: IKKE_LEVERT", () -> ends(to("reserved"), true, Status.IKKE_LEVERT));
    suite.check("kunDigitalLevering to a person in Altinn: SENDT_DIGITALT", () -> ends(to("altinn"), true, Status.SENDT_DIGITALT));
    suite.check("an organisation that fetches its post: KLAR_FOR_MOTTAK", () ->
        ends(Sender.to(access.organisationWithMottakersystem(sender.account().orgnr())), false, Status.KLAR_FOR_MOTTAK));
    suite.check("an organisation that does not: VARSLET", () ->
        ends(Sender.to(access.organisationWithoutMottakersystem()), false, Status.VARSLET));
  }

  private Adresse to(String situation) {
    return Sender.to(sender.access().person(situation));
  }

  private void ends(Adresse to, boolean digitalOnly, Status wanted) throws Exception {
    sender.reaches(sender.send(sender.letter(to, VEDTAK).withKunDigitalLevering(digitalOnly)), wanted);
  }

  private Map<String, InputStream> encrypted(String name) throws Exception {
    String pem;
    try (InputStream answer = URI.create(sender.access().baseUrl() + "/forsendelse/publickey/hent").toURL().openStream()) {
      pem = new String(answer.readAllBytes());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayInputStream plain = new ByteArrayInputStream(sender.access().documents().bytes(name));
    new CMSKrypteringImpl().krypterData(out, plain, Pem.certificate(pem));
    return Map.of(name, new ByteArrayInputStream(out.toByteArray()));
  }
}
