package no.grunnmur.conformance.v1;

import static no.grunnmur.conformance.Documents.BIG;
import static no.grunnmur.conformance.Documents.EMPTY;
import static no.grunnmur.conformance.Documents.LOCKED;
import static no.grunnmur.conformance.Documents.TEXT;
import static no.grunnmur.conformance.Documents.VEDLEGG;
import static no.grunnmur.conformance.Documents.VEDTAK;

import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.klient.exceptions.HttpException;
import no.ks.fiks.svarut.klient.model.Digitaladresse;
import no.ks.fiks.svarut.klient.model.Dokument;
import no.ks.fiks.svarut.klient.model.Entry;
import no.ks.fiks.svarut.klient.model.Forsendelse;
import no.ks.fiks.svarut.klient.model.ForsendelsesId;
import no.ks.fiks.svarut.klient.model.Lenke;
import no.ks.fiks.svarut.klient.model.NoarkMetadataForImport;
import no.ks.fiks.svarut.klient.model.NoarkMetadataFraAvleverendeSaksSystem;
import no.ks.fiks.svarut.klient.model.UtskriftsKonfigurasjon;

/** Letters that must be accepted, and letters that must be refused in a form the client can read. */
record SendChecks(Suite suite, Sender sender) {
  @SuppressWarnings("deprecation")
  void run() {
    Access.Person altinn = sender.access().person("altinn");
    suite.check("sendForsendelse: one PDF, everything else as the client leaves it", () ->
        accepted(sender.letter(Sender.to(altinn), VEDTAK)));
    suite.check("sendForsendelse: two PDFs with æøå in their names", () ->
        accepted(sender.letter(Sender.to(altinn), VEDTAK, VEDLEGG)));
    suite.check("sendForsendelse: every field of the model", () -> accepted(full(altinn)));
    suite.check("sendForsendelse: links and no documents", () ->
        accepted(sender.letter(Sender.to(altinn)).withLenker(List.of(link()))));
    suite.check("sendForsendelse: a text file, digital only", () ->
        accepted(
            sender.letter(Sender.to(altinn))
                .withKunDigitalLevering(true)
                .withDokumenter(List.of(new Dokument().withFilnavn(TEXT).withMimeType("text/plain")))));
    suite.check("startNyForsendelse and sendForsendelseMedId: the letter gets the reserved id", () -> {
      ForsendelsesId reserved = sender.client().startNyForsendelse();
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK);
      ForsendelsesId sent = sender.client().sendForsendelseMedId(letter, reserved, sender.streams(letter));
      Expect.equal(sent.getId(), reserved.getId(), "id");
      Expect.that(sender.status(sent) != null, "no status");
    });
    suite.check("sendForsendelse: the same letter again is GJENTAGENDE_FORSENDELSE", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK);
      sender.send(letter);
      String message = refused(letter, 400, "GJENTAGENDE_FORSENDELSE");
      Expect.that(message.startsWith("Forsendelse med samme mottaker, tittel og avsender"), message);
    });
    suite.check("sendForsendelse: an empty document is refused with the published words", () -> {
      String message = refused(sender.letter(Sender.to(altinn), EMPTY), 400, "TOMT_DOKUMENT");
      Expect.that(message.contains("Kan ikke lagre tomt dokument"), message);
    });
    suite.check("sendForsendelse: a protected PDF is refused", () ->
        refused(sender.letter(Sender.to(altinn), LOCKED), 400, "BESKYTTET_DOKUMENT"));
    suite.check("sendForsendelse: level 4 without encryption is refused", () ->
        refused(sender.letter(Sender.to(altinn), VEDTAK).withKrevNiva4Innlogging(true), 400, "UGYLDIG_INNHOLD"));
    if (sender.access().ownServer())
      suite.check("sendForsendelse: a printable letter above the size limit is refused", () ->
          refused(sender.letter(Sender.to(altinn), BIG), 413, "FOR_STOR"));
  }

  private void accepted(Forsendelse letter) {
    Expect.that(sender.send(letter).getId() != null, "no id");
  }

  /** The client loses the error code on the way, so the text must have it. */
  private String refused(Forsendelse letter, int status, String code) {
    HttpException error = Expect.failure(HttpException.class, () -> sender.send(letter));
    Expect.equal(error.getHttperror(), status, "status (" + error.getMessage() + ")");
    // The client puts the status before the text; what it could not read it shows as it came.
    String message = error.getMessage().replaceFirst("^Http status: \\d+ ", "");
    Expect.that(message.contains(code), "the code " + code + " is not in: " + message);
    Expect.that(!message.startsWith("{"), "the client could not read the error: " + message);
    return message;
  }

  private static Lenke link() {
    return new Lenke().withUrlLenke("https://example.no/sak?id=1").withUrlTekst("Saken").withLedeTekst("Les mer");
  }

  private Forsendelse full(Access.Person person) {
    Date date = new Date(1_770_000_000_123L);
    Dokument document =
        new Dokument()
            .withFilnavn(VEDTAK)
            .withMimeType("application/pdf")
            .withDokumentType("Vedtak")
            .withGiroarkSider(new TreeSet<>(List.of(1)))
            .withEkstraMetadata(List.of(new Entry("journalenhet", "Sentralarkivet på Ås")))
            .withInneholderPersonsensitivInformasjon(true);
    return sender.letter(Sender.to(person))
        .withDokumenter(List.of(document))
        .withEksponertFor(List.of(new Digitaladresse().withFodselsNummer(sender.access().person("guardian").fnr())))
        .withAvgivendeSystem("Konformitet 1.0")
        .withKonteringsKode("K-17.ø")
        .withUtskriftsKonfigurasjon(new UtskriftsKonfigurasjon(true, true))
        .withMetadataFraAvleverendeSystem(
            new NoarkMetadataFraAvleverendeSaksSystem()
                .withSaksSekvensNummer(17)
                .withSaksAar(2026)
                .withJournalAar(2026)
                .withJournalSekvensNummer(4)
                .withJournalPostNummer(3)
                .withJournalPostType("U")
                .withJournalDato(date)
                .withDokumentetsDato(date)
                .withTittel("Båtplass på Kåfjord")
                .withSaksBehandler("Åse Ødegård")
                .withEkstraMetadata(List.of(new Entry("nøkkel", "verdi"))))
        .withMetadataForImport(new NoarkMetadataForImport().withSaksAar(2026).withSaksSekvensNummer(17).withDokumentetsDato(date))
        .withSvarSendesTil(Sender.to(sender.account().orgnr()))
        .withSvarPaForsendelse(sender.send(sender.letter(Sender.to(person), VEDTAK)))
        .withSvarPaForsendelseLink(true)
        .withLenker(List.of(link()))
        .withForsendelsesType("nav.digisos")
        .withEksternReferanse("sak-17");
  }
}
