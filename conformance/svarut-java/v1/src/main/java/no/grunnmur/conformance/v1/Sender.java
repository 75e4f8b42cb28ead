package no.grunnmur.conformance.v1;

import java.io.InputStream;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.klient.SvarUtKlientApi;
import no.ks.fiks.svarut.klient.model.Adresse;
import no.ks.fiks.svarut.klient.model.Digitaladresse;
import no.ks.fiks.svarut.klient.model.Dokument;
import no.ks.fiks.svarut.klient.model.Forsendelse;
import no.ks.fiks.svarut.klient.model.ForsendelsesId;
import no.ks.fiks.svarut.klient.model.PostAdresse;
import no.ks.fiks.svarut.klient.model.Status;

/** An account that sends letters. */
record Sender(Access access, Access.Account account, SvarUtKlientApi client) {
  /** A letter with PDF documents, to be changed by the check. */
  Forsendelse letter(Adresse to, String... documents) {
    return new Forsendelse()
        .withTittel(Suite.uniqueTitle("Vedtak på søknad"))
        .withMottaker(to)
        .withDokumenter(Stream.of(documents).map(Sender::pdf).toList());
  }

  static Dokument pdf(String name) {
    return new Dokument().withFilnavn(name).withMimeType("application/pdf");
  }

  static Adresse to(Access.Person person) {
    return address(person.name()).withDigitalAdresse(new Digitaladresse().withFodselsNummer(person.fnr()));
  }

  static Adresse to(String orgnr) {
    return address("Mottaker " + orgnr).withDigitalAdresse(new Digitaladresse().withOrganisasjonsNummer(orgnr));
  }

  static Adresse address(String name) {
    return new Adresse()
        .withPostAdresse(
            new PostAdresse()
                .withNavn(name)
                .withAdresse1("Storgata 1")
                .withPostNummer("0001")
                .withPostSted("EKSEMPELVIK")
                .withLand("Norge"));
  }

  ForsendelsesId send(Forsendelse forsendelse) {
    return client.sendForsendelse(forsendelse, streams(forsendelse));
  }

  Map<String, InputStream> streams(Forsendelse forsendelse) {
    return access.documents().streams(forsendelse.getDokumenter().stream().map(Dokument::getFilnavn).toArray(String[]::new));
  }

  Status status(ForsendelsesId id) {
    return client.hentStatus(id).getStatus();
  }

  /** Waits for a status and gives all those that were seen on the way. */
  Set<Status> reaches(ForsendelsesId id, Status wanted) throws Exception {
    Set<Status> seen = EnumSet.noneOf(Status.class);
    Suite.eventually(() -> status(id), status -> {
      seen.add(status);
      return status == wanted;
    });
    return seen;
  }
}
