package no.grunnmur.conformance.fiksio;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.MeldingId;

/** The server is killed without warning and started again; the clients recover by themselves. */
record RestartChecks(World world) {
  void run() {
    Suite suite = world.suite();
    suite.check("the server is killed and starts again: both clients recover, and an unanswered message comes again, marked as resendt", () -> {
      Line lineA = world.lineA();
      try (Line lineB = world.b().listen()) {
        Received first = lineB.await(lineA.send(world.b().kontoId()));
        Expect.equal(first.melding().isResendt(), false, "resendt at first");
        // Or the platform has not noted yet that RabbitMQ has it, and hands it over once more (docs/rabbitmq.md).
        if (suite.access().rabbitmq()) Thread.sleep(2000);
        suite.restartServer();
        Received again = lineB.await(first.id());
        Expect.equal(again.melding().isResendt(), true, "resendt");
        // The channel that recovered takes answers, and the sender hears of them.
        again.svar().svar("svar", "etter omstart", "svar.txt");
        again.svar().ack();
        lineA.awaitAnswerTo(first.id()).svar().ack();
        world.untilEmpty();
        Expect.equal(lineB.deliveriesOf(first.id()), 2L, "deliveries");
      }
    });
    suite.check("what was accepted before the server was killed is delivered after it", () -> {
      Line lineA = world.lineA();
      MeldingId small = lineA.send(world.b().kontoId());
      byte[] bytes = World.random(6 * 1024 * 1024);
      var large = lineA.klient.send(lineA.to(world.b().kontoId()).build(), new ByteArrayInputStream(bytes), "kart.pdf");
      suite.restartServer();
      try (Line lineB = world.b().listen()) {
        lineB.await(small);
        Received received = lineB.await(large.getMeldingId());
        Expect.that(Arrays.equals(received.files().get("kart.pdf"), bytes), "the file has changed");
        // At least once: what was on its way to RabbitMQ may have gone there twice.
        int[] acknowledged = {0};
        Suite.eventually(() -> {
          List<Received> arrived = lineB.arrived();
          while (acknowledged[0] < arrived.size()) arrived.get(acknowledged[0]++).svar().ack();
          return lineA.waiting(world.b().kontoId());
        }, waiting -> waiting == 0);
      }
    });
  }
}
