package no.grunnmur.conformance.fiksio.send;

import no.grunnmur.conformance.Suite;

/** `no.ks.fiks:fiks-io-send-klient` by itself, whose JSON mapper takes no field that it does not know. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Suite suite = Suite.open(arguments);
    try (Sender a = new Sender(suite.access(), 0);
        Sender b = new Sender(suite.access(), 1);
        Inbox inboxB = new Inbox(b)) {
      new SendChecks(suite, a, b, inboxB).run();
      new RefusalChecks(suite, a, b).run();
    }
    suite.done();
    System.exit(0);
  }
}
