package no.grunnmur.conformance.fiksio.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.grunnmur.conformance.fiksio.Tokens;
import no.ks.fiks.io.klient.FiksIOHttpException;
import no.ks.fiks.io.klient.FiksIOUtsendingKlient;
import no.ks.fiks.io.klient.MeldingSpesifikasjonApiModel;
import no.ks.fiks.maskinporten.Maskinportenklient;

/** Messages that must be refused, each in a form the client can read, with and without data. */
record RefusalChecks(Suite suite, Sender a, Sender b) {
  private static final ObjectMapper JSON = new ObjectMapper();

  void run() {
    Access.Integration own = a.integration;
    UUID toB = b.konto.kontoId();
    suite.check("send: a wrong integration password is refused with 401", () -> unauthorised(a.tokens, own.id(), "feil"));
    suite.check("send: an unknown integration is refused with 401", () -> unauthorised(a.tokens, UUID.randomUUID(), own.password()));
    suite.check("send: another organisation's token is refused with 401", () -> {
      Maskinportenklient other = Tokens.maskinporten(a.access, b.integration);
      unauthorised(() -> Tokens.token(other), own.id(), own.password());
    });
    suite.check("send: what is no token is refused with 401", () -> unauthorised(() -> "tull", own.id(), own.password()));
    suite.check("send: from another organisation's konto is refused with 403", () -> refused(b.to(a.konto.kontoId()).build(), 403));
    suite.check("send: from an unknown konto is refused with 403", () ->
        refused(a.to(toB).avsenderKontoId(UUID.randomUUID()).build(), 403));
    suite.check("send: to an unknown konto is refused with 404", () -> refused(a.to(UUID.randomUUID()).build(), 404));
    suite.check("send: no receiver is refused with 400", () -> refused(a.to(null).build(), 400));
    suite.check("send: no type is refused with 400", () -> refused(a.to(toB).meldingType(null).build(), 400));
    suite.check("send: a ttl of zero is refused with 400", () -> refused(a.to(toB).ttl(0L).build(), 400));
    suite.check("send: a ttl of a hundred years is refused with 400", () ->
        refused(a.to(toB).ttl(100 * 365 * 86_400_000L).build(), 400));
    suite.check("send: too much in the headers is refused with 400 or 413", () -> {
      MeldingSpesifikasjonApiModel large = a.to(toB).headere(Map.of("x", "å".repeat(3_000_000))).build();
      FiksIOHttpException error = Expect.failure(FiksIOHttpException.class, () -> a.send(large));
      Expect.that(error.getStatus() == 400 || error.getStatus() == 413, "status " + error.getStatus());
    });
  }

  private void unauthorised(Supplier<String> token, UUID integrasjonId, String passord) throws Exception {
    try (FiksIOUtsendingKlient klient = a.klient(token, integrasjonId, passord)) {
      refused(klient, a.to(b.konto.kontoId()).build(), 401);
    }
  }

  private void refused(MeldingSpesifikasjonApiModel metadata, int status) throws Exception {
    refused(a.klient, metadata, status);
  }

  private static void refused(FiksIOUtsendingKlient klient, MeldingSpesifikasjonApiModel metadata, int status) throws Exception {
    readable(Expect.failure(FiksIOHttpException.class, () -> klient.send(metadata, Optional.empty())), status);
    byte[] data = new byte[200_000];
    readable(
        Expect.failure(FiksIOHttpException.class, () -> klient.send(metadata, Optional.of(new ByteArrayInputStream(data)))),
        status);
  }

  /** The platform's error answer (fiks-io §1.6). */
  private static void readable(FiksIOHttpException error, int status) throws Exception {
    Expect.equal(error.getStatus(), status, "status (" + error.getResponse() + ")");
    JsonNode body = JSON.readTree(error.getResponse());
    Expect.that(body.path("timestamp").isIntegralNumber(), "timestamp in " + body);
    Expect.equal(body.path("status").asInt(), status, "status in " + body);
    UUID.fromString(body.path("errorId").asText());
    Expect.that(!body.path("message").asText().isBlank(), "no message in " + body);
    Expect.equal(body.path("path").asText(), "/fiks-io/api/v1/send", "path in " + body);
  }
}
