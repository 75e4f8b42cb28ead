package no.grunnmur.conformance.fiksio;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.KlientKorrelasjonId;
import no.ks.fiks.io.client.model.MeldingId;

/** What a receiver may do with a message, and what becomes of it then. */
record SettlementChecks(World world) {
  static final String SERVERFEIL = "no.ks.fiks.kvittering.serverfeil.v1";

  void run() {
    Suite suite = world.suite();
    suite.check("ack: the message is gone, and the sender is not told", () -> silent(received -> received.svar().ack()));
    suite.check("nack: the message is gone, and the sender is not told", () -> silent(received -> received.svar().nack()));
    suite.check("nackWithRequeue: the message comes again, marked as resendt", this::requeueOnce);
    suite.check("nackWithRequeue three times: no fourth delivery, and the sender gets serverfeil.v1", this::requeueThrice);
    suite.check("a connection closed with an unanswered message: it comes again, marked as resendt", this::closeUnanswered);
    suite.check("a connection closed three times with an unanswered message: the sender gets serverfeil.v1", this::closeThrice);
    suite.check("a handler that throws: the channel closes, and the message comes again", this::throwing);
    suite.check("meldingErBehandlet: a known message that comes again is acknowledged by the client itself", this::handled);
  }

  private interface Settle {
    void settle(Received received);
  }

  private void silent(Settle settle) throws Exception {
    Line lineA = world.lineA();
    try (Line lineB = world.b().listen()) {
      Received received = lineB.await(lineA.send(world.b().kontoId()));
      settle.settle(received);
      world.untilEmpty();
      nothingAbout(received.id(), lineB);
      Expect.equal(lineB.deliveriesOf(received.id()), 1L, "deliveries");
    }
  }

  /** A message that is sent now would come after whatever the sender was told about this one. */
  private void nothingAbout(MeldingId id, Line lineB) throws Exception {
    Line lineA = world.lineA();
    lineA.await(lineB.send(world.a().kontoId())).svar().ack();
    boolean told = lineA.arrived().stream().anyMatch(each -> id.equals(each.melding().getSvarPaMelding()));
    Expect.equal(told, false, "the sender was told");
  }

  private void requeueOnce() throws Exception {
    try (Line lineB = world.b().listen()) {
      Received first = lineB.await(world.lineA().send(world.b().kontoId()));
      Expect.equal(first.melding().isResendt(), false, "resendt at first");
      first.svar().nackWithRequeue();
      Received second = lineB.await(first.id());
      Expect.equal(second.melding().isResendt(), true, "resendt");
      Suite.eventually(() -> world.lineA().waiting(world.b().kontoId()), waiting -> waiting == 1);
      second.svar().ack();
      world.untilEmpty();
    }
  }

  private void requeueThrice() throws Exception {
    Line lineA = world.lineA();
    MeldingId own = new MeldingId(UUID.randomUUID());
    try (Line lineB = world.b().listen()) {
      var request =
          lineA.to(world.b().kontoId()).klientMeldingId(own).korrelasjonsId(new KlientKorrelasjonId("sak-3")).build();
      MeldingId id = lineA.klient.send(request, "innhold", "fil.txt").getMeldingId();
      for (int attempt = 1; attempt <= 3; attempt++) {
        Received received = lineB.await(id);
        Expect.equal(received.melding().isResendt(), attempt > 1, "resendt in delivery " + attempt);
        received.svar().nackWithRequeue();
      }
      Received told = serverfeil(id);
      Expect.equal(told.melding().getAvsenderKontoId(), world.b().kontoId(), "sender of the notice");
      Expect.equal(told.melding().getKlientMeldingId(), own, "klientMeldingId");
      Expect.equal(told.melding().getKlientKorrelasjonId().getKlientKorrelasjonId(), "sak-3", "klientKorrelasjonsId");
      told.svar().ack();
      world.untilEmpty();
      Expect.equal(lineB.deliveriesOf(id), 3L, "deliveries");
    }
  }

  private Received serverfeil(MeldingId id) throws Exception {
    Received told = world.lineA().awaitAnswerTo(id);
    Expect.equal(told.melding().getMeldingType(), SERVERFEIL, "type of the notice");
    return told;
  }

  private void closeUnanswered() throws Exception {
    MeldingId id = world.lineA().send(world.b().kontoId());
    takeAndClose(id, false);
    try (Line lineB = world.b().listen()) {
      Received again = lineB.await(id);
      Expect.equal(again.melding().isResendt(), true, "resendt");
      again.svar().ack();
      world.untilEmpty();
    }
  }

  private void closeThrice() throws Exception {
    MeldingId id = world.lineA().send(world.b().kontoId());
    takeAndClose(id, false);
    takeAndClose(id, true);
    takeAndClose(id, true);
    serverfeil(id).svar().ack();
    world.untilEmpty();
  }

  private void takeAndClose(MeldingId id, boolean resendt) throws Exception {
    try (Line lineB = world.b().listen()) {
      Expect.equal(lineB.await(id).melding().isResendt(), resendt, "resendt");
    }
  }

  private void throwing() throws Exception {
    MeldingId id;
    try (Line lineB = world.b().setup().open()) {
      lineB.klient.newSubscription(
          (melding, svar) -> {
            throw new IllegalStateException("the handler fails");
          },
          lineB.ended::complete);
      id = world.lineA().send(world.b().kontoId());
      var signal = lineB.ended.get(30, TimeUnit.SECONDS);
      Expect.equal(signal.isHardError(), false, "the connection is closed");
    }
    try (Line lineB = world.b().listen()) {
      Received again = lineB.await(id);
      Expect.equal(again.melding().isResendt(), true, "resendt");
      again.svar().ack();
      world.untilEmpty();
    }
  }

  private void handled() throws Exception {
    try (Line lineB = world.b().setup().handled(id -> true).listen()) {
      Received first = lineB.await(world.lineA().send(world.b().kontoId()));
      first.svar().nackWithRequeue();
      world.untilEmpty();
      Expect.equal(lineB.deliveriesOf(first.id()), 1L, "deliveries to the program");
    }
  }
}
