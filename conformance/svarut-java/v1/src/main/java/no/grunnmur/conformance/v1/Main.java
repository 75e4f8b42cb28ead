package no.grunnmur.conformance.v1;

import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.klient.SvarUtKlientApi;
import no.ks.fiks.svarut.klient.SvarUtKlientApiImpl;

/** `no.ks.fiks.svarut:svarut-rest-klient`: every call of the client for REST v1. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Suite suite = Suite.open(arguments);
    Access access = suite.access();
    Access.Account own = access.accounts().get(0);
    Sender sender = new Sender(access, own, client(access, own.username(), own.password()));
    new SendChecks(suite, sender).run();
    new ReadBackChecks(suite, sender).run();
    new AccessChecks(suite, sender, access.accounts().get(1)).run();
    new DeliveryChecks(suite, sender).run();
    suite.done();
    // The client has no way to be closed, and its threads keep the program alive.
    System.exit(0);
  }

  static SvarUtKlientApi client(Access access, String username, String password) {
    return new SvarUtKlientApiImpl(access.baseUrl(), username, password);
  }
}
