package no.grunnmur.conformance.v2;

import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Adresse;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Dokument;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Forsendelse;
import no.ks.fiks.svarut.forsendelse.status.model.v2.ForsendelseStatus;
import no.ks.svarut.klient.forsendelse.send.v2.builders.AdresseBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.DokumentBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.ForsendelseBuilder;

/** An integration that sends letters from the first of its accounts. */
record Sender(Access access, Access.Integration integration, Clients clients) {
  UUID konto() {
    return integration.kontoer().get(0);
  }

  /** A letter with PDF documents, to be changed and built by the check. */
  ForsendelseBuilder letter(Adresse to, String... documents) {
    return new ForsendelseBuilder()
        .tittel(Suite.uniqueTitle("Vedtak på søknad"))
        .mottaker(to)
        .dokumenter(Stream.of(documents).map(Sender::pdf).toList());
  }

  static Dokument pdf(String name) {
    return new DokumentBuilder().filnavn(name).mimeType("application/pdf").build();
  }

  /** With a full postal address, as is demanded when print is possible. */
  static Adresse to(Access.Person person) {
    return address(person.name(), person.fnr());
  }

  static Adresse to(String orgnr) {
    return address("Mottaker " + orgnr, orgnr);
  }

  static Adresse address(String name, String digitalId) {
    AdresseBuilder builder = new AdresseBuilder().navn(name).adresselinje1("Storgata 1").postnummer("0001");
    if (digitalId != null) builder.digitalId(digitalId);
    return builder.poststed("EKSEMPELVIK").build();
  }

  UUID send(Forsendelse forsendelse) {
    return send(forsendelse, access.documents().streams(names(forsendelse)));
  }

  UUID send(Forsendelse forsendelse, Map<String, InputStream> streams) {
    return clients.send.send(konto(), forsendelse, streams);
  }

  private static String[] names(Forsendelse forsendelse) {
    List<Dokument> documents = forsendelse.getDokumenter();
    return documents == null ? new String[0] : documents.stream().map(Dokument::getFilnavn).toArray(String[]::new);
  }

  ForsendelseStatus.Status status(UUID id) {
    return clients.status.hentStatus(konto(), id).getStatus();
  }

  /** Waits for a status and gives all those that were seen on the way. */
  Set<ForsendelseStatus.Status> reaches(UUID id, ForsendelseStatus.Status wanted) throws Exception {
    Set<ForsendelseStatus.Status> seen = EnumSet.noneOf(ForsendelseStatus.Status.class);
    Suite.eventually(() -> status(id), status -> {
      seen.add(status);
      return status == wanted;
    });
    return seen;
  }
}
