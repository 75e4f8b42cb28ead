package no.grunnmur.conformance.fiksio;

import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.ks.fiks.io.client.model.KontoId;

/** A konto, with what the system that owns it logs in with. */
record Party(Access access, Access.FiksIoAccount konto, Access.Integration integration) {
  static Party of(Access access, int number) {
    Access.FiksIoAccount konto = access.fiksIoAccounts().get(number);
    return new Party(access, konto, access.integration(konto.integrasjonId()));
  }

  UUID id() {
    return konto.kontoId();
  }

  KontoId kontoId() {
    return new KontoId(id());
  }

  /** The client as its documentation sets it up, to be changed by the check. */
  Setup setup() {
    return new Setup(this);
  }

  /** A client that takes messages from the konto's queue. */
  Line listen() throws Exception {
    return setup().listen();
  }
}
