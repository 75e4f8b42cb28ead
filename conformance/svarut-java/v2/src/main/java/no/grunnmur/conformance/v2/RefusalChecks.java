package no.grunnmur.conformance.v2;

import static no.grunnmur.conformance.Documents.BIG;
import static no.grunnmur.conformance.Documents.EMPTY;
import static no.grunnmur.conformance.Documents.LOCKED;
import static no.grunnmur.conformance.Documents.TEXT;
import static no.grunnmur.conformance.Documents.VEDTAK;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Dokument;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Forsendelse;
import no.ks.svarut.klient.ErrorMessage;
import no.ks.svarut.klient.SvarUtKlientException;
import no.ks.svarut.klient.forsendelse.send.v2.builders.AdresseBuilder;
import no.ks.svarut.klient.forsendelse.send.v2.builders.DokumentBuilder;

/** Letters that must be refused, each in a form the client can read. */
record RefusalChecks(Suite suite, Sender sender) {
  void run() {
    Access.Person altinn = sender.access().person("altinn");
    suite.check("SendKlientV2.send: the same letter again is GJENTAGENDE_FORSENDELSE", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK).build();
      sender.send(letter);
      String message = refused(letter, 400, "GJENTAGENDE_FORSENDELSE");
      Expect.that(message.startsWith("Forsendelse med samme mottaker, tittel og avsender"), message);
    });
    suite.check("SendKlientV2.send: an empty document is refused", () -> {
      String message = refused(sender.letter(Sender.to(altinn), EMPTY).build(), 400, "TOMT_DOKUMENT");
      Expect.that(message.contains("Kan ikke lagre tomt dokument"), message);
    });
    suite.check("SendKlientV2.send: a protected PDF is refused", () ->
        refused(sender.letter(Sender.to(altinn), LOCKED).build(), 400, "BESKYTTET_DOKUMENT"));
    suite.check("SendKlientV2.send: a file that is no PDF is refused as one", () -> {
      Map<String, InputStream> text = Map.of(VEDTAK, new ByteArrayInputStream("Hei på deg".getBytes(StandardCharsets.UTF_8)));
      refused(sender.letter(Sender.to(altinn), VEDTAK).build(), text, 400, "ULESELIG_DOKUMENT");
    });
    suite.check("SendKlientV2.send: a text file cannot be printed", () -> {
      Dokument text = new DokumentBuilder().filnavn(TEXT).mimeType("text/plain").build();
      invalid(sender.letter(Sender.to(altinn)).dokumenter(List.of(text)).build());
    });
    suite.check("SendKlientV2.send: level 4 without encryption is refused", () ->
        invalid(sender.letter(Sender.to(altinn), VEDTAK).krevNiva4Innlogging(true).build()));
    suite.check("SendKlientV2.send: an impossible national identity number is refused", () ->
        invalid(sender.letter(Sender.address("Ola", "12345678901"), VEDTAK).build()));
    suite.check("SendKlientV2.send: a postal address without a place is refused when print is possible", () ->
        invalid(sender.letter(new AdresseBuilder().navn("Ola").digitalId(altinn.fnr()).build(), VEDTAK).build()));
    suite.check("SendKlientV2.send: a title of more than 1000 characters is refused", () ->
        invalid(sender.letter(Sender.to(altinn), VEDTAK).tittel("å".repeat(1001)).build()));
    suite.check("SendKlientV2.send: more than five links are refused", () ->
        invalid(sender.letter(Sender.to(altinn), VEDTAK).lenker(Collections.nCopies(6, SendChecks.link())).build()));
    suite.check("SendKlientV2.send: file names that differ only in case are refused", () -> {
      List<Dokument> twins = List.of(Sender.pdf("a.pdf"), Sender.pdf("A.pdf"));
      byte[] bytes = sender.access().documents().bytes(VEDTAK);
      Map<String, InputStream> streams =
          Map.of("a.pdf", new ByteArrayInputStream(bytes), "A.pdf", new ByteArrayInputStream(bytes));
      refused(sender.letter(Sender.to(altinn)).dokumenter(twins).build(), streams, 400, "UGYLDIG_INNHOLD");
    });
    if (sender.access().ownServer())
      suite.check("SendKlientV2.send: a printable letter above the size limit is refused", () ->
          refused(sender.letter(Sender.to(altinn), BIG).build(), 413, "FOR_STOR"));
  }

  private void invalid(Forsendelse forsendelse) {
    String message = refused(forsendelse, 400, "UGYLDIG_INNHOLD");
    Expect.that(message.contains("Ugyldig innhold"), message);
  }

  private String refused(Forsendelse forsendelse, int status, String code) {
    String[] names = forsendelse.getDokumenter().stream().map(Dokument::getFilnavn).toArray(String[]::new);
    return refused(forsendelse, sender.access().documents().streams(names), status, code);
  }

  /** Gives the text of the refusal, after looking at all that the client makes of it. */
  private String refused(Forsendelse forsendelse, Map<String, InputStream> streams, int status, String code) {
    ErrorMessage error =
        Expect.failure(SvarUtKlientException.class, () -> sender.send(forsendelse, streams)).getErrorMessage();
    Expect.equal(error.getErrorCode(), code, "errorCode (" + error.getMessage() + ")");
    Expect.equal(error.getStatus(), status, "status");
    Expect.that(error.getErrorId() != null, "no errorId");
    Expect.that(error.getTimestamp() != null, "no timestamp");
    Expect.that(error.getPath() != null, "no path");
    return error.getMessage();
  }
}
