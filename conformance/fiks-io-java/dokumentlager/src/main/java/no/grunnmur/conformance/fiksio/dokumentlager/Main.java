package no.grunnmur.conformance.fiksio.dokumentlager;

import no.grunnmur.conformance.Suite;

/** `no.ks.fiks:dokumentlager-klient`: every call that it has. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Suite suite = Suite.open(arguments);
    try (Store own = new Store(suite.access(), 0);
        Store other = new Store(suite.access(), 1)) {
      new UploadChecks(suite, own).run();
      new DownloadChecks(suite, own, other).run();
      new ChangeChecks(suite, own).run();
      new RefusalChecks(suite, own, other).run();
    }
    suite.done();
    System.exit(0);
  }
}
