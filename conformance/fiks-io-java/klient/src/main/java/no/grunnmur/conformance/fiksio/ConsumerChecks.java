package no.grunnmur.conformance.fiksio;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.MeldingId;

/** How much a consumer is given, and how several share a queue. */
record ConsumerChecks(World world) {
  void run() {
    Suite suite = world.suite();
    suite.check("mottakBufferStorrelse: no more unanswered messages than asked for", this::prefetch);
    suite.check("two clients on one queue share its messages, each message to one of them", this::sharing);
  }

  private void prefetch() throws Exception {
    List<MeldingId> sent = sendToB(5);
    try (Line lineB = world.b().setup().prefetch(2).listen()) {
      List<Received> taken = new ArrayList<>(List.of(lineB.await(sent.get(0)), lineB.await(sent.get(1))));
      Thread.sleep(1000);
      Expect.equal(lineB.arrived().size(), 2, "unanswered messages");
      for (int next = 2; next < 5; next++) {
        taken.remove(0).svar().ack();
        taken.add(lineB.await(sent.get(next)));
      }
      Expect.equal(lineB.arrived().size(), 5, "messages");
      taken.forEach(each -> each.svar().ack());
      world.untilEmpty();
    }
  }

  private void sharing() throws Exception {
    try (Line one = world.b().listen();
        Line two = world.b().listen()) {
      Suite.eventually(() -> world.lineA().consumers(world.b().kontoId()), consumers -> consumers == 2);
      Set<MeldingId> sent = new HashSet<>(sendToB(12));
      Suite.eventually(() -> one.arrived().size() + two.arrived().size(), count -> count >= 12);
      Expect.that(!one.arrived().isEmpty() && !two.arrived().isEmpty(), "one of the two got nothing");
      Set<MeldingId> got = new HashSet<>();
      for (Line line : List.of(one, two))
        for (Received each : line.arrived()) {
          Expect.that(got.add(each.id()), "a message came to both");
          each.svar().ack();
        }
      Expect.equal(got, sent, "messages");
      world.untilEmpty();
    }
  }

  private List<MeldingId> sendToB(int count) {
    return IntStream.range(0, count).mapToObj(each -> world.lineA().send(world.b().kontoId())).toList();
  }
}
