package no.grunnmur.conformance.fiksio;

import java.time.Duration;
import java.util.UUID;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.io.client.model.SendtMelding;

/** Time to live, and its end. */
record DeadlineChecks(World world) {
  private static final String TIDSAVBRUDD = "no.ks.fiks.kvittering.tidsavbrudd";

  void run() {
    Suite suite = world.suite();
    suite.check("ttl: seven days when the sender says nothing", () -> delivered(null, Duration.ofDays(7)));
    suite.check("ttl: as the sender says", () -> delivered(Duration.ofHours(3), Duration.ofHours(3)));
    suite.check("ttl: passed before delivery: the sender gets tidsavbrudd, the receiver nothing", this::expired);
    if (suite.access().rabbitmq())
      suite.check("ttl: passed behind a message that lives longer: the sender is told when that one is taken", this::expiredAfter);
    else suite.check("ttl: passed behind a message that lives longer: the sender is told all the same", this::expiredBehind);
  }

  private SendtMelding send(Duration ttl, MeldingId own) {
    Line lineA = world.lineA();
    return lineA.klient.sendWithoutPayload(lineA.to(world.b().kontoId()).ttl(ttl).klientMeldingId(own).build());
  }

  private void delivered(Duration asked, Duration effective) throws Exception {
    try (Line lineB = world.b().listen()) {
      SendtMelding sent = send(asked, null);
      Expect.equal(sent.getTtl(), effective, "ttl from send");
      Received received = lineB.await(sent.getMeldingId());
      Duration left = received.melding().getTtl();
      Expect.that(left != null && left.compareTo(effective) <= 0, "ttl left: " + left);
      Expect.that(left.compareTo(effective.minusMinutes(1)) > 0, "ttl left: " + left);
      received.svar().ack();
    }
  }

  private void expired() throws Exception {
    MeldingId own = new MeldingId(UUID.randomUUID());
    MeldingId id = send(Duration.ofSeconds(2), own).getMeldingId();
    Received told = world.lineA().awaitAnswerTo(id);
    Expect.equal(told.melding().getMeldingType(), TIDSAVBRUDD, "type of the notice");
    Expect.equal(told.melding().isHarPayload(), false, "harPayload of the notice");
    Expect.equal(told.melding().getAvsenderKontoId(), world.b().kontoId(), "sender of the notice");
    Expect.equal(told.melding().getKlientMeldingId(), own, "klientMeldingId");
    told.svar().ack();
    world.untilEmpty();
    try (Line lineB = world.b().listen()) {
      lineB.await(world.lineA().send(world.b().kontoId())).svar().ack();
      Expect.equal(lineB.deliveriesOf(id), 0L, "deliveries");
    }
  }

  /** RabbitMQ looks at deadlines at the head of a queue only (fiks-io §3.5). */
  private void expiredAfter() throws Exception {
    MeldingId longLived = world.lineA().send(world.b().kontoId());
    MeldingId id = send(Duration.ofSeconds(1), null).getMeldingId();
    Thread.sleep(2000);
    try (Line lineB = world.b().listen()) {
      lineB.await(longLived).svar().ack();
      Received told = world.lineA().awaitAnswerTo(id);
      Expect.equal(told.melding().getMeldingType(), TIDSAVBRUDD, "type of the notice");
      told.svar().ack();
      world.untilEmpty();
      Expect.equal(lineB.deliveriesOf(id), 0L, "deliveries");
    }
  }

  private void expiredBehind() throws Exception {
    MeldingId longLived = world.lineA().send(world.b().kontoId());
    MeldingId id = send(Duration.ofSeconds(2), null).getMeldingId();
    Received told = world.lineA().awaitAnswerTo(id);
    Expect.equal(told.melding().getMeldingType(), TIDSAVBRUDD, "type of the notice");
    told.svar().ack();
    try (Line lineB = world.b().listen()) {
      lineB.await(longLived).svar().ack();
      world.untilEmpty();
      Expect.equal(lineB.deliveriesOf(id), 0L, "deliveries");
    }
  }
}
