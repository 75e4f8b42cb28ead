package no.grunnmur.conformance.fiksio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.KontoId;
import no.ks.fiks.io.client.model.MeldingRequest;
import no.ks.fiks.io.klient.FiksIOHttpException;

/** Messages that must be refused, each in a form the client can read. */
record RefusalChecks(World world) {
  void run() {
    Suite suite = world.suite();
    KontoId b = world.b().kontoId();
    suite.check("send: from another organisation's konto is refused with 403", () -> {
      try (Line line = world.a().setup().konto(world.b().id()).open()) {
        refused(line, line.to(world.a().kontoId()).build(), 403);
      }
    });
    suite.check("send: to an unknown konto is refused with 404", () ->
        refused(world.lineA(), world.lineA().to(new KontoId(UUID.randomUUID())).build(), 404));
    suite.check("send: a ttl of zero is refused with 400", () ->
        refused(world.lineA(), world.lineA().to(b).ttl(Duration.ZERO).build(), 400));
    suite.check("send: a negative ttl is refused with 400", () ->
        refused(world.lineA(), world.lineA().to(b).ttl(Duration.ofDays(-1)).build(), 400));
    suite.check("send: an empty type is refused with 400", () ->
        refused(world.lineA(), world.lineA().to(b).meldingType("").build(), 400));
    suite.check("send: nothing of what was refused was kept", world::untilEmpty);
  }

  private void refused(Line line, MeldingRequest request, int status) throws IOException {
    FiksIOHttpException error =
        Expect.failure(FiksIOHttpException.class, () -> line.klient.sendWithoutPayload(request));
    Expect.equal(error.getStatus(), status, "status (" + error.getResponse() + ")");
    for (String field : new String[] {"timestamp", "status", "error", "errorId", "path", "message"})
      Expect.that(error.getResponse().contains("\"" + field + "\""), "no " + field + " in " + error.getResponse());
    // The same with a payload, whose refusal must be readable although it comes before the payload's end.
    FiksIOHttpException withPayload =
        Expect.failure(
            FiksIOHttpException.class,
            () -> line.klient.sendAsiceInnhold(request, new ByteArrayInputStream(World.random(200_000))));
    Expect.equal(withPayload.getStatus(), status, "status with a payload");
  }
}
