package no.grunnmur.conformance.fiksio;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import no.grunnmur.conformance.Documents;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.SvarSender;
import no.ks.fiks.io.client.model.FilePayload;
import no.ks.fiks.io.client.model.KlientKorrelasjonId;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.io.client.model.MeldingRequest;
import no.ks.fiks.io.client.model.SendtMelding;
import no.ks.fiks.io.client.model.StreamPayload;
import no.ks.fiks.io.client.model.StringPayload;

/** Messages and their answers, with every form that the client has for them. */
record MessageChecks(World world) {
  private static final String TEXT = "Søknad om båtplass i Kåfjord – æøå ÆØÅ";

  void run() {
    Suite suite = world.suite();
    suite.check("send and svar: A to B to A, several files with æøå in their names, acknowledged", this::roundTrip);
    suite.check("sendWithoutPayload and svar without payload", this::withoutPayload);
    suite.check("send: text, stream and file", this::sendForms);
    suite.check("svar: text, stream, file and list, with and without an id of the sender's own", this::answerForms);
    suite.check("getKryptertStream, writeKryptertZip, writeDekryptertZip", this::readForms);
    suite.check("headers: the sender's own, and both ids, come back from send and reach the receiver", this::headers);
    suite.check("headers: the old spelling of klientKorrelasjonsId reaches the receiver in both", this::oldSpelling);
    suite.check("svar: carries the conversation's klientKorrelasjonsId", this::correlation);
    suite.check("messages come in the order they were sent in", this::order);
  }

  private Line lineA() {
    return world.lineA();
  }

  private MeldingRequest.MeldingRequestBuilder toB() {
    return lineA().to(world.b().kontoId());
  }

  private void roundTrip() throws Exception {
    byte[] pdf = world.suite().access().documents().bytes(Documents.VEDTAK);
    try (Line lineB = world.b().listen()) {
      SendtMelding sent =
          lineA().klient.send(
              toB().build(),
              List.of(
                  new StringPayload(TEXT, "søknad æøå.txt"),
                  new StreamPayload(new ByteArrayInputStream(pdf), Documents.VEDTAK)));
      Expect.equal(sent.getMeldingType(), Line.TYPE, "type");
      Expect.equal(sent.getAvsenderKontoId(), world.a().kontoId(), "sender");
      Expect.equal(sent.getMottakerKontoId(), world.b().kontoId(), "receiver");
      Received received = lineB.await(sent.getMeldingId());
      Expect.equal(received.melding().getMeldingType(), Line.TYPE, "type");
      Expect.equal(received.melding().getAvsenderKontoId(), world.a().kontoId(), "sender");
      Expect.equal(received.melding().getMottakerKontoId(), world.b().kontoId(), "receiver");
      Expect.equal(received.melding().isResendt(), false, "resendt");
      Expect.equal(received.melding().isHarPayload(), true, "harPayload");
      Expect.equal(received.melding().getSvarPaMelding(), null, "svarPaMelding");
      Map<String, byte[]> files = received.files();
      Expect.equal(files.keySet(), Set.of("søknad æøå.txt", Documents.VEDTAK), "files");
      Expect.equal(text(files.get("søknad æøå.txt")), TEXT, "text");
      Expect.that(Arrays.equals(files.get(Documents.VEDTAK), pdf), "the PDF has changed");

      SendtMelding answer = received.svar().svar("no.grunnmur.prove.v1.svar", "Innvilget", "svar.txt");
      received.svar().ack();
      Received answered = lineA().awaitAnswerTo(sent.getMeldingId());
      Expect.equal(answered.id(), answer.getMeldingId(), "id of the answer");
      Expect.equal(answered.melding().getMeldingType(), "no.grunnmur.prove.v1.svar", "type of the answer");
      Expect.equal(text(answered.files().get("svar.txt")), "Innvilget", "answer");
      answered.svar().ack();
      world.untilEmpty();
    }
  }

  private void withoutPayload() throws Exception {
    try (Line lineB = world.b().listen()) {
      MeldingId id = lineA().send(world.b().kontoId());
      Received received = lineB.await(id);
      Expect.equal(received.melding().isHarPayload(), false, "harPayload");
      Expect.equal(received.melding().getHeadere(), Map.of(), "headers");
      Expect.failure(IllegalStateException.class, received.melding()::getKryptertStream);
      received.svar().svar("no.grunnmur.prove.v1.mottatt");
      received.svar().ack();
      Received answer = lineA().awaitAnswerTo(id);
      Expect.equal(answer.melding().isHarPayload(), false, "harPayload of the answer");
      answer.svar().ack();
    }
  }

  private void sendForms() throws Exception {
    byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(Files.createTempDirectory("conformance").resolve("fil.txt"), bytes);
    try (Line lineB = world.b().listen()) {
      for (MeldingId id :
          List.of(
              lineA().klient.send(toB().build(), TEXT, "fil.txt").getMeldingId(),
              lineA().klient.send(toB().build(), new ByteArrayInputStream(bytes), "fil.txt").getMeldingId(),
              lineA().klient.send(toB().build(), file).getMeldingId(),
              lineA().klient.send(toB().build(), List.of(new FilePayload(file))).getMeldingId())) {
        Received received = lineB.await(id);
        Expect.equal(text(received.files().get("fil.txt")), TEXT, "text");
        received.svar().ack();
      }
    }
  }

  private void answerForms() throws Exception {
    byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(Files.createTempDirectory("conformance").resolve("fil.txt"), bytes);
    List<BiFunction<SvarSender, MeldingId, SendtMelding>> forms =
        List.of(
            (svar, id) -> svar.svar("svar", TEXT, "fil.txt"),
            (svar, id) -> svar.svar("svar", TEXT, "fil.txt", id),
            (svar, id) -> svar.svar("svar", new ByteArrayInputStream(bytes), "fil.txt"),
            (svar, id) -> svar.svar("svar", new ByteArrayInputStream(bytes), "fil.txt", id),
            (svar, id) -> svar.svar("svar", file),
            (svar, id) -> svar.svar("svar", file, id),
            (svar, id) -> svar.svar("svar", List.of(new FilePayload(file))),
            (svar, id) -> svar.svar("svar", List.of(new FilePayload(file)), id),
            (svar, id) -> svar.svar("svar", id));
    try (Line lineB = world.b().listen()) {
      for (int form = 0; form < forms.size(); form++) {
        Received received = lineB.await(lineA().send(world.b().kontoId()));
        MeldingId own = new MeldingId(UUID.randomUUID());
        SendtMelding answer = forms.get(form).apply(received.svar(), own);
        received.svar().ack();
        Received answered = lineA().await(answer.getMeldingId());
        Expect.equal(answered.melding().getSvarPaMelding(), received.id(), "svarPaMelding");
        boolean last = form == forms.size() - 1;
        if (!last) Expect.equal(text(answered.files().get("fil.txt")), TEXT, "text of answer " + form);
        Expect.equal(answered.melding().getKlientMeldingId(), form % 2 == 1 || last ? own : null, "klientMeldingId of answer " + form);
        answered.svar().ack();
      }
    }
  }

  private void readForms() throws Exception {
    Path folder = Files.createTempDirectory("conformance");
    try (Line lineB = world.b().listen()) {
      Received received = lineB.await(lineA().klient.send(toB().build(), TEXT, "fil.txt").getMeldingId());
      byte[] ciphertext = received.ciphertext();
      received.melding().writeKryptertZip(folder.resolve("kryptert"));
      Expect.that(Arrays.equals(Files.readAllBytes(folder.resolve("kryptert")), ciphertext), "the ciphertexts differ");
      received.melding().writeDekryptertZip(folder.resolve("dekryptert.zip"));
      try (ZipFile zip = new ZipFile(folder.resolve("dekryptert.zip").toFile());
          InputStream entry = zip.getInputStream(zip.getEntry("fil.txt"))) {
        Expect.equal(text(entry.readAllBytes()), TEXT, "text");
      }
      received.svar().ack();
    }
  }

  private void headers() throws Exception {
    MeldingId own = new MeldingId(UUID.randomUUID());
    String dialogue = "Sak 2026/17 – æøå " + UUID.randomUUID();
    Map<String, String> headers = Map.of("kommune", "Gáivuotna – Kåfjord", "tom", "", "lang", "å".repeat(2000));
    try (Line lineB = world.b().listen()) {
      SendtMelding sent =
          lineA().klient.sendWithoutPayload(
              toB().headere(headers).klientMeldingId(own).korrelasjonsId(new KlientKorrelasjonId(dialogue)).build());
      Expect.equal(sent.getKlientMeldingId(), own, "klientMeldingId from send");
      Expect.equal(sent.getKlientKorrelasjonId().getKlientKorrelasjonId(), dialogue, "klientKorrelasjonsId from send");
      Received received = lineB.await(sent.getMeldingId());
      headers.forEach((name, value) -> {
        Expect.equal(sent.getHeadere().get(name), value, name + " from send");
        Expect.equal(received.melding().getHeadere().get(name), value, name);
      });
      Expect.equal(received.melding().getKlientMeldingId(), own, "klientMeldingId");
      Expect.equal(received.melding().getKlientKorrelasjonId().getKlientKorrelasjonId(), dialogue, "klientKorrelasjonsId");
      received.svar().ack();
    }
  }

  private void oldSpelling() throws Exception {
    try (Line lineB = world.b().listen()) {
      MeldingRequest request = toB().headere(Map.of("klientKorrelasjonId", "sak-17")).build();
      Received received = lineB.await(lineA().klient.sendWithoutPayload(request).getMeldingId());
      Expect.equal(received.melding().getHeadere().get("klientKorrelasjonId"), "sak-17", "klientKorrelasjonId");
      Expect.equal(received.melding().getHeadere().get("klientKorrelasjonsId"), "sak-17", "klientKorrelasjonsId");
      received.svar().ack();
    }
  }

  private void correlation() throws Exception {
    try (Line lineB = world.b().listen()) {
      MeldingRequest request = toB().korrelasjonsId(new KlientKorrelasjonId("sak-18")).build();
      Received received = lineB.await(lineA().klient.sendWithoutPayload(request).getMeldingId());
      received.svar().svar("svar");
      received.svar().ack();
      Received answer = lineA().awaitAnswerTo(received.id());
      Expect.equal(answer.melding().getKlientKorrelasjonId().getKlientKorrelasjonId(), "sak-18", "klientKorrelasjonsId");
      answer.svar().ack();
    }
  }

  private void order() throws Exception {
    List<MeldingId> sent =
        IntStream.range(0, 50).mapToObj(each -> lineA().send(world.b().kontoId())).toList();
    try (Line lineB = world.b().listen()) {
      for (MeldingId id : sent) lineB.await(id).svar().ack();
      Expect.equal(lineB.arrived().stream().map(Received::id).toList(), sent, "order");
      world.untilEmpty();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
