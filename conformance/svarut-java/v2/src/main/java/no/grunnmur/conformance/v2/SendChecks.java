package no.grunnmur.conformance.v2;

import static no.grunnmur.conformance.Documents.TEXT;
import static no.grunnmur.conformance.Documents.VEDLEGG;
import static no.grunnmur.conformance.Documents.VEDTAK;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Dokument;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Forsendelse;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Lenke;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Metadata;
import no.ks.fiks.svarut.forsendelse.send.model.v2.NoarkMetadataForImport;
import no.ks.fiks.svarut.forsendelse.send.model.v2.NoarkMetadataFraAvleverendeSaksSystem;
import no.ks.svarut.klient.forsendelse.send.v2.builders.AdresseBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.DokumentBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.LenkeBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.NoarkMetadataForImportBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.NoarkMetadataFraAvleverendeSaksSystemBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.UtskriftskonfigurasjonBuilder;

/** Letters that must be accepted. The client writes every field that is not set as an explicit null. */
record SendChecks(Suite suite, Sender sender) {
  void run() {
    Access.Person altinn = sender.access().person("altinn");
    suite.check("SendKlientV2.send: one PDF, everything else null", () -> accepted(sender.letter(Sender.to(altinn), VEDTAK).build()));
    suite.check("SendKlientV2.send: two PDFs with æøå in their names", () ->
        accepted(sender.letter(Sender.to(altinn), VEDTAK, VEDLEGG).build()));
    suite.check("SendKlientV2.send: every field of the model", () -> accepted(full(altinn)));
    suite.check("SendKlientV2.send: links and no documents", () ->
        accepted(sender.letter(Sender.to(altinn)).lenker(List.of(link())).build()));
    suite.check("SendKlientV2.send: dokumenter null", () ->
        accepted(sender.letter(Sender.to(altinn)).dokumenter(null).lenker(List.of(link())).build()));
    suite.check("SendKlientV2.send: digital only needs no postal address", () ->
        accepted(
            sender.letter(new AdresseBuilder().navn(altinn.name()).digitalId(altinn.fnr()).build(), VEDTAK)
                .kunDigitalLevering(true)
                .build()));
    suite.check("SendKlientV2.send: a text file, digital only", () -> {
      Dokument text = new DokumentBuilder().filnavn(TEXT).mimeType("text/plain").build();
      accepted(sender.letter(Sender.to(altinn)).kunDigitalLevering(true).dokumenter(List.of(text)).build());
    });
    suite.check("SendKlientV2.send: a text file that is kept out of the print", () -> {
      Dokument text =
          new DokumentBuilder().filnavn(TEXT).mimeType("text/plain").skalEkskluderesFraUtskrift(true).build();
      accepted(sender.letter(Sender.to(altinn)).dokumenter(List.of(Sender.pdf(VEDTAK), text)).build());
    });
    suite.check("SendKlientV2.send: a signing assignment", () -> accepted(signing(altinn)));
    suite.check("SendKlientV2.send: an answer to an earlier letter, with a reply link", () -> {
      UUID first = sender.send(sender.letter(Sender.to(altinn), VEDTAK).build());
      accepted(
          sender.letter(Sender.to(altinn), VEDTAK)
              .svarPaForsendelse(first)
              .svarSendesTil(Sender.to(sender.integration().orgnr()))
              .svarPaForsendelseLink(true)
              .build());
    });
    if (sender.access().ownServer())
      suite.check("SendKlientV2.send: a digital-only letter may be larger than a printable one", () ->
          accepted(sender.letter(Sender.to(altinn), no.grunnmur.conformance.Documents.BIG).kunDigitalLevering(true).build()));
  }

  private void accepted(Forsendelse forsendelse) {
    Expect.that(sender.send(forsendelse) != null, "no id");
  }

  static Lenke link() {
    return new LenkeBuilder().url("https://example.no/sak?id=1").tekst("Saken på nett").ledetekst("Les mer").build();
  }

  private Forsendelse signing(Access.Person person) {
    Dokument document =
        new DokumentBuilder().filnavn(VEDTAK).mimeType("application/pdf").skalSigneres(true).build();
    return sender.letter(Sender.to(person))
        .dokumenter(List.of(document))
        .svarSendesTil(Sender.to(sender.integration().orgnr()))
        .signeringUtloper(OffsetDateTime.now().plusDays(7))
        .signaturType(Forsendelse.SignaturType.AUTENTISERT_SIGNATUR)
        .build();
  }

  private Forsendelse full(Access.Person person) {
    Dokument document =
        new DokumentBuilder()
            .filnavn(VEDTAK)
            .mimeType("application/pdf")
            .skalSigneres(false)
            .dokumentType("Vedtak")
            .giroarkSider(Set.of(1))
            .skalEkskluderesFraUtskrift(false)
            .ekstraMetadata(List.of(new Metadata("journalenhet", "Sentralarkivet på Ås")))
            .inneholderPersonsensitivInformasjon(true)
            .build();
    return sender.letter(Sender.to(person))
        .dokumenter(List.of(document))
        .eksponertFor(Set.of(sender.access().person("guardian").fnr()))
        .avgivendeSystem("Konformitet 1.0")
        .konteringskode("K-17_æ.ø")
        .kunDigitalLevering(false)
        .kryptert(false)
        .krevNiva4Innlogging(false)
        .utskriftskonfigurasjon(new UtskriftskonfigurasjonBuilder().utskriftMedFarger(true).tosidig(false).build())
        .metadataFraAvleverendeSystem(noark())
        .metadataForImport(noarkForImport())
        .svarSendesTil(Sender.to(sender.integration().orgnr()))
        .lenker(List.of(link()))
        .forsendelsestype("nav.digisos")
        .eksternReferanse("sak-" + UUID.randomUUID())
        .korrelasjonsid(UUID.randomUUID().toString())
        .svarPaForsendelseLink(false)
        .taushetsbelagtPost(false)
        .build();
  }

  private static NoarkMetadataFraAvleverendeSaksSystem noark() {
    OffsetDateTime date = OffsetDateTime.of(2026, 2, 3, 4, 5, 6, 789_000_000, ZoneOffset.ofHours(1));
    return new NoarkMetadataFraAvleverendeSaksSystemBuilder()
        .mappeId("2026/17")
        .mappeSystemId("mappe")
        .saksaar(2026)
        .sakssekvensnummer(17L)
        .systemId("system")
        .registreringsId("reg")
        .journalpostnummer(3L)
        .journalaar(2026)
        .journalsekvensnummer(4L)
        .journalposttype("U")
        .journalstatus("J")
        .journaldato(date)
        .dokumentetsDato(date)
        .tittel("Båtplass på Kåfjord")
        .saksbehandler("Åse Ødegård")
        .ekstraMetadata(List.of(new Metadata("nøkkel", "verdi")))
        .build();
  }

  private static NoarkMetadataForImport noarkForImport() {
    return new NoarkMetadataForImportBuilder().saksaar(2026).sakssekvensnummer(17L).journalposttype("I").tittel("Båtplass").build();
  }
}
