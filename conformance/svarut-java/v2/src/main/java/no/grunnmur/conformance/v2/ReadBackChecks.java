package no.grunnmur.conformance.v2;

import static no.grunnmur.conformance.Documents.VEDLEGG;
import static no.grunnmur.conformance.Documents.VEDTAK;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.forsendelse.hendelser.model.v2.Signeringshendelse;
import no.ks.fiks.svarut.forsendelse.lest.model.v2.LestAv;
import no.ks.fiks.svarut.forsendelse.metadata.model.v2.DokumentMetadata;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Dokument;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Forsendelse;
import no.ks.fiks.svarut.forsendelse.status.model.v2.ForsendelseStatus;
import no.ks.svarut.klient.SvarUtKlientException;
import no.ks.svarut.klient.forsendelse.send.v2.builders.DokumentBuilder;

/** What a sender can ask about and do to its letters afterwards. */
record ReadBackChecks(Suite suite, Sender sender) {
  void run() throws Exception {
    Access.Person altinn = sender.access().person("altinn");
    String reference = "Sak 2026/17?&æøå+% " + UUID.randomUUID();
    UUID id = sender.send(sender.letter(Sender.to(altinn), VEDTAK, VEDLEGG).eksternReferanse(reference).avgivendeSystem("Sakssystem Ø").build());
    Clients clients = sender.clients();

    suite.check("StatusKlientV2.hentStatus", () -> {
      ForsendelseStatus status = clients.status.hentStatus(sender.konto(), id);
      Expect.equal(status.getId(), id, "id");
      Expect.that(status.getSisteStatusEndring().isAfter(OffsetDateTime.now().minusHours(1)), "time: " + status);
    });
    suite.check("StatusKlientV2.hentStatus: null for an unknown id", () ->
        Expect.equal(clients.status.hentStatus(sender.konto(), UUID.randomUUID()), null, "status"));
    suite.check("StatusKlientV2.hentStatuser: unknown ids are left out", () -> {
      List<ForsendelseStatus> found =
          clients.status.hentStatuser(sender.konto(), List.of(UUID.randomUUID(), id, UUID.randomUUID()));
      Expect.equal(found.stream().map(ForsendelseStatus::getId).toList(), List.of(id), "ids");
    });
    suite.check("StatusKlientV2.hentStatuser: no ids", () ->
        Expect.equal(clients.status.hentStatuser(sender.konto(), List.of()), List.of(), "statuses"));
    suite.check("HendelserKlientV2.hentHendelser", () -> {
      var hendelser = clients.hendelser.hentHendelser(id);
      Expect.that(!hendelser.isEmpty(), "none");
      Expect.that(hendelser.stream().noneMatch(each -> each.getHendelse().isBlank()), "got " + hendelser);
    });
    suite.check("HendelserKlientV2.hentHendelser: unknown id is an error of its kind", () ->
        notFound(() -> clients.hendelser.hentHendelser(UUID.randomUUID())));
    suite.check("HendelserKlientV2.hentSigneringshendelser: none for an ordinary letter", () ->
        Expect.equal(clients.hendelser.hentSigneringshendelser(id), List.of(), "events"));
    suite.check("HendelserKlientV2.hentSigneringshendelser: of a signing assignment", () -> {
      // The assignment is registered with the letter (section "event log" of SvarUt's documentation), so there is nothing to wait for.
      var events = clients.hendelser.hentSigneringshendelser(sender.send(signing(altinn)));
      Expect.equal(
          events.stream().map(Signeringshendelse::getStatus).toList(),
          List.of(Signeringshendelse.Status.VENTER_SIGNERING),
          "statuses");
    });
    suite.check("MetadataKlientV2.hentMetadata: names, sizes and hashes of what was sent", () -> metadata(id));
    suite.check("MetadataKlientV2.hentMetadata: unknown id is an error of its kind", () ->
        notFound(() -> clients.metadata.hentMetadata(UUID.randomUUID())));
    suite.check("EksternRefKlientV2.finnForsendelserKnyttetTilEksternRef: with spaces, slashes and æøå", () ->
        Expect.equal(
            clients.eksternRef.finnForsendelserKnyttetTilEksternRef(sender.konto(), reference), List.of(id.toString()), "ids"));
    suite.check("EksternRefKlientV2.finnForsendelserKnyttetTilEksternRef: none", () ->
        Expect.equal(
            clients.eksternRef.finnForsendelserKnyttetTilEksternRef(sender.konto(), "finnes ikke"), List.of(), "ids"));
    suite.check("EksternRefKlientV2.finnForsendelserKnyttetTilEksternRefMedMetadata", () -> {
      var found = clients.eksternRef.finnForsendelserKnyttetTilEksternRefMedMetadata(sender.konto(), reference);
      Expect.equal(found.size(), 1, "letters");
      Expect.equal(found.get(0).getId(), id.toString(), "id");
      Expect.equal(found.get(0).getAvgivendeSystem(), "Sakssystem Ø", "avgivendeSystem");
    });
    suite.check("LestKlientV2.settForsendelseLestAvEksterntSystem", () -> {
      UUID read = sender.send(sender.letter(Sender.to(altinn), VEDTAK).build());
      clients.lest.settForsendelseLestAvEksterntSystem(read, new LestAv(altinn.fnr(), OffsetDateTime.now(), "Min side"));
      sender.reaches(read, ForsendelseStatus.Status.LEST);
    });
    suite.check("LestKlientV2.settForsendelseLestAvEksterntSystem: unknown id is an error of its kind", () ->
        notFound(() -> clients.lest.settForsendelseLestAvEksterntSystem(
            UUID.randomUUID(), new LestAv(altinn.fnr(), OffsetDateTime.now(), null))));
    suite.check("SlettKlientV2.slettOriginalDokumenter", () -> deleted(altinn, clients.slett::slettOriginalDokumenter));
    suite.check("SlettKlientV2.slettAlleFiler", () -> deleted(altinn, clients.slett::slettAlleFiler));
    suite.check("SlettKlientV2: unknown id is an error of its kind", () ->
        notFound(() -> clients.slett.slettAlleFiler(UUID.randomUUID())));
  }

  /** After a deletion the letter is still known, and its recipient gets no document any more. */
  private void deleted(Access.Person person, java.util.function.Consumer<UUID> delete) throws Exception {
    UUID id = sender.send(sender.letter(Sender.to(person), VEDTAK).build());
    sender.reaches(id, ForsendelseStatus.Status.VARSLET);
    delete.accept(id);
    Expect.equal(sender.status(id), ForsendelseStatus.Status.VARSLET, "status");
    suite.readLetter(id, person.fnr(), 3).path("documents").forEach(document ->
        Expect.that(document.path("status").asInt() != 200, "the document is still there"));
  }

  private void metadata(UUID id) {
    List<DokumentMetadata> documents = sender.clients().metadata.hentMetadata(id);
    Expect.equal(documents.stream().map(DokumentMetadata::getFilnavn).toList(), List.of(VEDTAK, VEDLEGG), "names");
    for (DokumentMetadata document : documents) {
      String name = document.getFilnavn();
      Expect.equal(document.getStorrelse(), (long) sender.access().documents().bytes(name).length, "size");
      Expect.equal(document.getSha256Hash().toLowerCase(), sender.access().documents().sha256(name), "hash");
      Expect.equal(document.getMimeType(), "application/pdf", "type");
      Expect.that(document.getNedlasningUrl().startsWith("http"), "address " + document.getNedlasningUrl());
      Expect.equal(document.getKanSigneres(), false, "kanSigneres");
    }
  }

  private Forsendelse signing(Access.Person person) {
    Dokument document = new DokumentBuilder().filnavn(VEDTAK).mimeType("application/pdf").skalSigneres(true).build();
    return sender.letter(Sender.to(person))
        .dokumenter(List.of(document))
        .svarSendesTil(Sender.to(sender.integration().orgnr()))
        .signeringUtloper(OffsetDateTime.now().plusDays(3))
        .signaturType(Forsendelse.SignaturType.AVANSERT_SIGNATUR)
        .build();
  }

  static void notFound(Expect.Code code) {
    var error = Expect.failure(SvarUtKlientException.class, code).getErrorMessage();
    Expect.equal(error.getStatus(), 404, "status");
    Expect.that(error.getErrorCode() != null, "no errorCode");
  }
}
