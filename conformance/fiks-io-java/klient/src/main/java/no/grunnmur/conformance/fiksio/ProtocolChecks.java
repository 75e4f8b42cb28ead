package no.grunnmur.conformance.fiksio;

import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.io.client.model.MeldingRequest;
import no.ks.fiks.io.klient.FiksIOHttpException;

/** Kontoer that speak a protocol: only what it has between their parts passes. The demonstration's own, so on our own server only. */
record ProtocolChecks(World world) {
  private static final String OPPRETT = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett";

  void run() {
    Access access = world.suite().access();
    Party arkiv = Party.of(access, 3);
    Party fagsystem = Party.of(access, 4);
    world.suite().check("a protocol: arkivmelding.opprett, answered with mottatt and kvittering", () -> conversation(arkiv, fagsystem));
    world.suite().check("a protocol: what is not in it, or breaks its payload rule, is refused with 400", () -> {
      try (Line line = fagsystem.setup().open()) {
        refused(line, line.to(arkiv.kontoId()).build());
        refused(line, line.to(arkiv.kontoId()).meldingType(OPPRETT).build());
        refused(line, line.to(arkiv.kontoId()).meldingType(OPPRETT + ".mottatt").build());
      }
    });
    world.suite().check("a protocol: a konto with one and a konto without exchange nothing", () ->
        refused(world.lineA(), world.lineA().to(arkiv.kontoId()).build()));
  }

  private static void conversation(Party arkiv, Party fagsystem) throws Exception {
    try (Line archive = arkiv.listen();
        Line sender = fagsystem.listen()) {
      MeldingRequest request = sender.to(arkiv.kontoId()).meldingType(OPPRETT).build();
      MeldingId id = sender.klient.send(request, "<arkivmelding/>", "arkivmelding.xml").getMeldingId();
      Received received = archive.await(id);
      Expect.that(received.files().containsKey("arkivmelding.xml"), "no arkivmelding.xml");
      received.svar().svar(OPPRETT + ".mottatt");
      received.svar().svar(OPPRETT + ".kvittering", "<arkivmeldingKvittering/>", "arkivmelding-kvittering.xml");
      received.svar().ack();
      for (String type : new String[] {".mottatt", ".kvittering"}) {
        Received answer = sender.awaitAnswerTo(id);
        Expect.equal(answer.melding().getMeldingType(), OPPRETT + type, "type of the answer");
        answer.svar().ack();
      }
    }
  }

  private static void refused(Line line, MeldingRequest request) {
    FiksIOHttpException error = Expect.failure(FiksIOHttpException.class, () -> line.klient.sendWithoutPayload(request));
    Expect.equal(error.getStatus(), 400, "status (" + error.getResponse() + ")");
  }
}
