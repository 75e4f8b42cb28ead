package no.grunnmur.conformance.v1;

import static no.grunnmur.conformance.Documents.VEDLEGG;
import static no.grunnmur.conformance.Documents.VEDTAK;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.klient.SvarUtKlientApi;
import no.ks.fiks.svarut.klient.model.Dokument;
import no.ks.fiks.svarut.klient.model.DokumentMetadata;
import no.ks.fiks.svarut.klient.model.Forsendelse;
import no.ks.fiks.svarut.klient.model.ForsendelseStatus;
import no.ks.fiks.svarut.klient.model.ForsendelsesId;
import no.ks.fiks.svarut.klient.model.HendelsesLogg;
import no.ks.fiks.svarut.klient.model.LestAv;
import no.ks.fiks.svarut.klient.model.MottakerForsendelsesTyper;
import no.ks.fiks.svarut.klient.model.SignaturType;
import no.ks.fiks.svarut.klient.model.SigneringsHistorikk;
import no.ks.fiks.svarut.klient.model.SigneringsLogg;
import no.ks.fiks.svarut.klient.model.Status;

/** What a sender can ask about and do to its letters afterwards, in both forms the client offers. */
record ReadBackChecks(Suite suite, Sender sender) {
  void run() {
    Access.Person altinn = sender.access().person("altinn");
    String reference = "Sak 2026/17 æøå " + UUID.randomUUID();
    ForsendelsesId id = sender.send(sender.letter(Sender.to(altinn), VEDTAK, VEDLEGG).withEksternReferanse(reference));
    SvarUtKlientApi client = sender.client();
    UUID unknown = UUID.randomUUID();

    suite.check("hentStatus, in both forms", () -> {
      ForsendelseStatus status = client.hentStatus(id);
      Expect.equal(status.getForsendelsesId().getId(), id.getId(), "id");
      Expect.that(status.getSisteStatusEndring().toInstant().isAfter(Instant.now().minusSeconds(3600)), "time: " + status);
      Expect.equal(client.hentStatus(id.getId()).getForsendelsesId().getId(), id.getId(), "id");
    });
    suite.check("hentStatus: null for an unknown id", () -> Expect.equal(client.hentStatus(unknown), null, "status"));
    suite.check("hentStatuser, in both forms: unknown ids are left out", () -> {
      List<ForsendelseStatus> byObject = client.hentStatuser(new ForsendelsesId(unknown), id);
      List<ForsendelseStatus> byUuid = client.hentStatuser(id.getId(), unknown);
      for (List<ForsendelseStatus> found : List.of(byObject, byUuid))
        Expect.equal(found.stream().map(each -> each.getForsendelsesId().getId()).toList(), List.of(id.getId()), "ids");
    });
    suite.check("retrieveForsendelsesHistorikk, in both forms", () -> {
      List<HendelsesLogg> events = client.retrieveForsendelsesHistorikk(id).getHendelsesLogger();
      Expect.that(!events.isEmpty(), "none");
      for (HendelsesLogg each : events) {
        OffsetDateTime.parse(each.getTidspunkt());
        Expect.that(!each.getHendelse().isBlank(), "no text");
      }
      Expect.that(!client.retrieveForsendelsesHistorikk(id.getId()).getHendelsesLogger().isEmpty(), "none by UUID");
      Expect.equal(client.retrieveForsendelsesHistorikk(unknown), null, "of an unknown id");
    });
    suite.check("retrieveDokumentMetadata, in both forms: names, sizes and hashes of what was sent", () -> {
      metadata(client.retrieveDokumentMetadata(id));
      metadata(client.retrieveDokumentMetadata(id.getId()));
      Expect.equal(client.retrieveDokumentMetadata(unknown), null, "of an unknown id");
    });
    suite.check("forsendelseTyper", () -> {
      List<String> types = client.forsendelseTyper();
      Expect.that(types.contains("nav.digisos") && types.contains("ks.byggesøknad"), "got " + types);
    });
    suite.check("retrieveMottakersystem: all, and by organisation, type with æøå and level", () -> {
      Expect.that(!client.retrieveMottakersystem(null, null, null).isEmpty(), "none");
      String orgnr = sender.access().organisationWithMottakersystem("");
      List<MottakerForsendelsesTyper> found = client.retrieveMottakersystem(orgnr, "ks.byggesøknad", 4);
      Expect.that(!found.isEmpty(), "none for " + orgnr);
      for (MottakerForsendelsesTyper each : found)
        Expect.that(each.getNiva() == 4 && each.getOrganisasjonsNummer().equals(orgnr), "got " + each);
    });
    suite.check("retrieveMottakersystemForOrgnr: of one that has, and none of one that has not", () -> {
      Access access = sender.access();
      Expect.that(!client.retrieveMottakersystemForOrgnr(access.organisationWithMottakersystem("")).isEmpty(), "none");
      Expect.equal(client.retrieveMottakersystemForOrgnr(access.organisationWithoutMottakersystem()), List.of(), "systems");
    });
    suite.check("retrieveForsendelsesIderByEksternRef: with spaces, slashes and æøå", () -> {
      // The client puts the reference into the address as it is, so whoever calls it has to escape it.
      String escaped = URLEncoder.encode(reference, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
      Expect.equal(ids(client.retrieveForsendelsesIderByEksternRef(escaped)), List.of(id.getId()), "ids");
      Expect.equal(ids(client.retrieveForsendelsesIderByEksternRef("finnes-ikke")), List.of(), "ids");
    });
    suite.check("retrieveSigneringsHistorikk, in both forms: nothing about an ordinary letter", () -> {
      SigneringsHistorikk history = client.retrieveSigneringsHistorikk(id);
      Expect.equal(history.getForsendelsesId().getId(), id.getId(), "id");
      Expect.equal(history.getLogg(), List.of(), "log");
      Expect.equal(client.retrieveSigneringsHistorikk(id.getId()).getLogg(), List.of(), "log by UUID");
    });
    suite.check("retrieveSigneringsHistorikk: of a signing assignment", () -> {
      List<SigneringsLogg> log = client.retrieveSigneringsHistorikk(sender.send(signing(altinn))).getLogg();
      Expect.equal(log.stream().map(SigneringsLogg::getType).toList(), List.of("VENTER_SIGNERING"), "types");
    });
    suite.check("setForsendelseLestAvEksterntSystem, in both forms: the client sees LEST", () -> {
      LestAv lestAv = new LestAv(altinn.fnr(), "Min side", new Date());
      ForsendelsesId first = sender.send(sender.letter(Sender.to(altinn), VEDTAK));
      ForsendelsesId second = sender.send(sender.letter(Sender.to(altinn), VEDTAK));
      client.setForsendelseLestAvEksterntSystem(lestAv, first);
      client.setForsendelseLestAvEksterntSystem(lestAv, second.getId());
      sender.reaches(first, Status.LEST);
      sender.reaches(second, Status.LEST);
    });
    suite.check("slettForsendelseDokumenter: several letters at once", () -> {
      ForsendelsesId first = sender.send(sender.letter(Sender.to(altinn), VEDTAK));
      ForsendelsesId second = sender.send(sender.letter(Sender.to(altinn), VEDTAK));
      for (ForsendelsesId each : List.of(first, second)) sender.reaches(each, Status.VARSLET);
      client.slettForsendelseDokumenter(first, second);
      for (ForsendelsesId each : List.of(first, second)) {
        Expect.equal(sender.status(each), Status.VARSLET, "status");
        suite.readLetter(each.getId(), altinn.fnr(), 3).path("documents").forEach(document ->
            Expect.that(document.path("status").asInt() != 200, "the document is still there"));
      }
    });
  }

  private void metadata(List<DokumentMetadata> documents) {
    Expect.equal(documents.stream().map(DokumentMetadata::getFilnavn).toList(), List.of(VEDTAK, VEDLEGG), "names");
    for (DokumentMetadata document : documents) {
      String name = document.getFilnavn();
      Expect.equal(document.getSizeInBytes(), (long) sender.access().documents().bytes(name).length, "size");
      Expect.equal(document.getSha256hash().toLowerCase(), sender.access().documents().sha256(name), "hash");
      Expect.that(document.getNedlasningsUrl().startsWith("http"), "address " + document.getNedlasningsUrl());
    }
  }

  private Forsendelse signing(Access.Person person) {
    Dokument document = Sender.pdf(VEDTAK).withSkalSigneres(true);
    return sender.letter(Sender.to(person))
        .withDokumenter(List.of(document))
        .withSvarSendesTil(Sender.to(sender.account().orgnr()))
        .withSigneringUtloper(Date.from(Instant.now().plusSeconds(7 * 86_400)))
        .withSignaturType(SignaturType.AUTENTISERT_SIGNATUR);
  }

  private static List<UUID> ids(List<ForsendelsesId> found) {
    return found.stream().map(ForsendelsesId::getId).toList();
  }
}
