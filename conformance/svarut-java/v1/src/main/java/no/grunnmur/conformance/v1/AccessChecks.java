package no.grunnmur.conformance.v1;

import static no.grunnmur.conformance.Documents.VEDTAK;

import java.util.Date;
import java.util.List;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.klient.SvarUtKlientApi;
import no.ks.fiks.svarut.klient.SvarUtKlientApiImpl;
import no.ks.fiks.svarut.klient.exceptions.HttpException;
import no.ks.fiks.svarut.klient.model.ForsendelsesId;
import no.ks.fiks.svarut.klient.model.LestAv;
import org.eclipse.jetty.client.HttpClient;

/** Nobody gets in without the password, and nobody sees what belongs to another organisation. */
record AccessChecks(Suite suite, Sender sender, Access.Account other) {
  void run() throws Exception {
    Access access = sender.access();
    suite.check("a wrong password is refused with 401", () -> {
      SvarUtKlientApi wrong = Main.client(access, sender.account().username(), "feil");
      Expect.equal(Expect.failure(HttpException.class, wrong::forsendelseTyper).getHttperror(), 401, "status");
    });
    suite.check("an unknown account is refused with 401", () -> {
      SvarUtKlientApi wrong = Main.client(access, "finnes-ikke", sender.account().password());
      Expect.equal(Expect.failure(HttpException.class, wrong::forsendelseTyper).getHttperror(), 401, "status");
    });
    suite.check("the client with an HttpClient of the caller's own", () -> {
      HttpClient http = new HttpClient();
      http.start();
      try {
        Access.Account own = sender.account();
        SvarUtKlientApi client = new SvarUtKlientApiImpl(access.baseUrl(), http, own.username(), own.password());
        Expect.that(!client.forsendelseTyper().isEmpty(), "none");
      } finally {
        http.stop();
      }
    });

    Access.Person altinn = access.person("altinn");
    String reference = "fremmed-" + UUID.randomUUID();
    ForsendelsesId id = sender.send(sender.letter(Sender.to(altinn), VEDTAK).withEksternReferanse(reference));
    SvarUtKlientApi stranger = Main.client(access, other.username(), other.password());
    suite.check("another organisation's letter is not found in any call", () -> {
      Expect.equal(stranger.hentStatus(id), null, "status");
      Expect.equal(stranger.hentStatuser(id), List.of(), "statuses");
      Expect.equal(stranger.retrieveForsendelsesHistorikk(id), null, "history");
      Expect.equal(stranger.retrieveDokumentMetadata(id), null, "documents");
      Expect.equal(stranger.retrieveSigneringsHistorikk(id), null, "signing history");
      Expect.equal(stranger.retrieveForsendelsesIderByEksternRef(reference), List.of(), "ids");
      LestAv lestAv = new LestAv(altinn.fnr(), "Fremmed", new Date());
      HttpException read = Expect.failure(HttpException.class, () -> stranger.setForsendelseLestAvEksterntSystem(lestAv, id));
      Expect.equal(read.getHttperror(), 404, "status of settLest");
      HttpException delete = Expect.failure(HttpException.class, () -> stranger.slettForsendelseDokumenter(id));
      Expect.equal(delete.getHttperror(), 404, "status of slettFiler");
    });
  }
}
