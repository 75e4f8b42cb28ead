package no.grunnmur.conformance.fiksio;

import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Suite;

/** `no.ks.fiks:fiks-io-klient-java`: all that it can do, over HTTP and AMQP. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Suite suite = Suite.open(arguments);
    Access access = suite.access();
    Party a = Party.of(access, 0);
    Party b = Party.of(access, 1);
    new ConnectChecks(suite, a, b).run();
    try (Line lineA = a.listen()) {
      World world = new World(suite, a, b, lineA);
      new CatalogueChecks(world).run();
      new MessageChecks(world).run();
      new PayloadChecks(world).run();
      new SettlementChecks(world).run();
      new ConsumerChecks(world).run();
      new DeadlineChecks(world).run();
      new RefusalChecks(world).run();
      new KeyChecks(world).run();
      new InteropChecks(world).run();
      if (access.ownServer()) {
        new ProtocolChecks(world).run();
        new RestartChecks(world).run();
      }
    }
    suite.done();
    // The client's libraries leave threads behind that would keep the program alive.
    System.exit(0);
  }
}
