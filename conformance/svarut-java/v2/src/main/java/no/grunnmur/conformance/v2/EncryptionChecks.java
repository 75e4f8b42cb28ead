package no.grunnmur.conformance.v2;

import static no.grunnmur.conformance.Documents.VEDTAK;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Pem;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Forsendelse;
import no.ks.fiks.svarut.forsendelse.status.model.v2.ForsendelseStatus;
import no.ks.kryptering.CMSKrypteringImpl;
import no.ks.svarut.klient.SvarUtKlientException;

/** `no.ks.fiks:kryptering` for the platform's published certificate. */
record EncryptionChecks(Suite suite, Sender sender) {
  void run() {
    Access.Person altinn = sender.access().person("altinn");
    suite.check("kryptering: an encrypted letter reaches its reader readable", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK).kryptert(true).build();
      UUID id = sender.send(letter, encrypted(VEDTAK));
      sender.reaches(id, ForsendelseStatus.Status.VARSLET);
      readable(suite.readLetter(id, altinn.fnr(), 3));
      sender.reaches(id, ForsendelseStatus.Status.LEST);
    });
    suite.check("kryptering: level 4 is read at level 4 only", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK).kryptert(true).krevNiva4Innlogging(true).build();
      UUID id = sender.send(letter, encrypted(VEDTAK));
      sender.reaches(id, ForsendelseStatus.Status.VARSLET);
      for (JsonNode document : suite.readLetter(id, altinn.fnr(), 3).get("documents"))
        Expect.that(!sender.access().documents().sha256(VEDTAK).equals(document.get("sha256").asText()), "read at level 3");
      Expect.equal(sender.status(id), ForsendelseStatus.Status.VARSLET, "status");
      readable(suite.readLetter(id, altinn.fnr(), 4));
      sender.reaches(id, ForsendelseStatus.Status.LEST);
    });
    suite.check("kryptering: what cannot be decrypted is refused", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK).kryptert(true).build();
      var error =
          Expect.failure(SvarUtKlientException.class, () -> sender.send(letter, sender.access().documents().streams(VEDTAK)))
              .getErrorMessage();
      Expect.equal(error.getErrorCode(), "KAN_IKKE_DEKRYPTERES", "errorCode");
      Expect.that(error.getMessage().contains("Feil under lesing av"), error.getMessage());
    });
  }

  private void readable(JsonNode letter) {
    Expect.equal(letter.path("documents").path(0).path("sha256").asText(), sender.access().documents().sha256(VEDTAK), "hash");
  }

  /** As the library streams it: BER of indefinite length. */
  private Map<String, InputStream> encrypted(String name) throws Exception {
    URI address = URI.create(sender.access().baseUrl() + "/forsendelse/publickey/hent");
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    Expect.equal(answer.statusCode(), 200, "certificate");
    X509Certificate certificate = Pem.certificate(answer.body());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new CMSKrypteringImpl().krypterData(out, new ByteArrayInputStream(sender.access().documents().bytes(name)), certificate);
    return Map.of(name, new ByteArrayInputStream(out.toByteArray()));
  }
}
