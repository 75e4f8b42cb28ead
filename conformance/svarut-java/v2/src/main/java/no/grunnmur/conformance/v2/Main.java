package no.grunnmur.conformance.v2;

import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Suite;

/** `no.ks.fiks:fiks-svarut-klient`: every client class for REST v2 and each of its calls. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Suite suite = Suite.open(arguments);
    Access access = suite.access();
    Access.Integration own = access.integrations().get(0);
    Access.Integration other = access.integrations().get(1);
    try (Clients clients = new Clients(access, own);
        Clients strangers = new Clients(access, other)) {
      Sender sender = new Sender(access, own, clients);
      new TokenChecks(suite, own).run();
      new SendChecks(suite, sender).run();
      new RefusalChecks(suite, sender).run();
      new ReadBackChecks(suite, sender).run();
      new LookupChecks(suite, clients).run();
      new AccessChecks(suite, sender, other, strangers).run();
      new EncryptionChecks(suite, sender).run();
      new DeliveryChecks(suite, sender).run();
    }
    suite.done();
  }
}
