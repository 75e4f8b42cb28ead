package no.grunnmur.conformance.fiksio;

import java.util.Optional;
import java.util.UUID;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Pem;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.Konto;
import no.ks.fiks.io.client.model.KontoId;

/** What the client reads in the catalogue. */
record CatalogueChecks(World world) {
  void run() {
    Suite suite = world.suite();
    Line line = world.lineA();
    suite.check("getKonto: another organisation's konto, with name, owner and status", () -> {
      Konto konto = line.klient.getKonto(world.b().kontoId()).orElseThrow();
      Expect.equal(konto.getKontoId(), world.b().kontoId(), "kontoId");
      Expect.equal(konto.getOrgNummer(), world.b().konto().orgnr(), "orgNummer");
      Expect.that(!konto.getKontoNavn().isBlank(), "no name");
      Expect.that(!konto.getFiksOrgNavn().isBlank(), "no name of the organisation");
      Expect.that(konto.getFiksOrgId() != null, "no id of the organisation");
      Expect.equal(konto.isGyldigAvsender(), true, "gyldigAvsender");
      Expect.equal(konto.isGyldigMottaker(), true, "gyldigMottaker");
    });
    suite.check("getKonto: empty for an unknown konto", () ->
        Expect.equal(line.klient.getKonto(new KontoId(UUID.randomUUID())), Optional.empty(), "konto"));
    suite.check("getKonto: counts consumers and messages as they come and go", this::counts);
    suite.check("validerOffentligNokkelMotPrivateKey: true with the konto's own key", () ->
        Expect.equal(line.klient.validerOffentligNokkelMotPrivateKey(), true, "answer"));
    suite.check("validerOffentligNokkelMotPrivateKey: false with another key", () -> {
      try (Line other = world.a().setup().keys(Pem.privateKey(world.b().konto().privateKeyPem())).open()) {
        Expect.equal(other.klient.validerOffentligNokkelMotPrivateKey(), false, "answer");
      }
    });
  }

  private void counts() throws Exception {
    Line line = world.lineA();
    KontoId b = world.b().kontoId();
    Suite.eventually(() -> line.consumers(b), consumers -> consumers == 0);
    world.untilEmpty();
    var id = line.send(b);
    Suite.eventually(() -> line.waiting(b), waiting -> waiting == 1);
    try (Line lineB = world.b().listen()) {
      Suite.eventually(() -> line.consumers(b), consumers -> consumers == 1);
      Received received = lineB.await(id);
      // Delivered, but not answered.
      Suite.eventually(() -> line.waiting(b), waiting -> waiting == 1);
      received.svar().ack();
      world.untilEmpty();
    }
    Suite.eventually(() -> line.consumers(b), consumers -> consumers == 0);
  }
}
