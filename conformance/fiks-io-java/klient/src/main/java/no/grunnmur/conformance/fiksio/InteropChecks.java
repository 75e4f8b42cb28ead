package no.grunnmur.conformance.fiksio;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import no.grunnmur.conformance.Documents;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.io.client.model.Payload;
import no.ks.fiks.io.client.model.StreamPayload;
import no.ks.fiks.io.client.model.StringPayload;

/** The same messages between this client and Grunnmur's own for Node.js, which the run handles for us. */
record InteropChecks(World world) {
  void run() {
    Suite suite = world.suite();
    suite.check("@grunnmur/exchange-client reads what this client sends, and this client its answer", () ->
        toOurs(world.suite().access().documents().bytes(Documents.VEDTAK)));
    suite.check("@grunnmur/exchange-client reads 6 MiB from this client by way of Dokumentlager", () ->
        toOurs(World.random(6 * 1024 * 1024)));
    suite.check("this client reads what @grunnmur/exchange-client sends, and that one its answer", () ->
        fromOurs(world.suite().access().documents().bytes(Documents.VEDTAK)));
    suite.check("this client reads 6 MiB from @grunnmur/exchange-client by way of Dokumentlager", () ->
        fromOurs(World.random(6 * 1024 * 1024)));
  }

  /** From A, by this client, to B, by ours; the answer back to A. */
  private void toOurs(byte[] bytes) throws Exception {
    Line lineA = world.lineA();
    Path answerFile = Files.writeString(Files.createTempDirectory("conformance").resolve("svar æøå.txt"), "Innvilget – æøå");
    List<Payload> files =
        List.of(
            new StreamPayload(new ByteArrayInputStream(bytes), "kart æøå.pdf"),
            new StringPayload("Følgebrev", "følgebrev.txt"));
    MeldingId id = lineA.klient.send(lineA.to(world.b().kontoId()).headere(Map.of("kommune", "Kåfjord")).build(), files).getMeldingId();
    JsonNode received =
        world.suite().ask(
            "client-receive",
            Map.of(
                "kontoId", world.b().id().toString(),
                "meldingId", id.toString(),
                "answerType", "no.grunnmur.prove.v1.svar",
                "answerFile", answerFile.toString()));
    Expect.equal(received.get("meldingType").asText(), Line.TYPE, "type");
    Expect.equal(received.get("avsenderKontoId").asText(), world.a().id().toString(), "sender");
    Expect.equal(received.get("headere").get("kommune").asText(), "Kåfjord", "header");
    Expect.equal(received.get("files").size(), 2, "files");
    Expect.equal(received.get("files").get("kart æøå.pdf").asText(), sha256(bytes), "SHA-256 of the file");
    Expect.equal(
        received.get("files").get("følgebrev.txt").asText(), sha256("Følgebrev".getBytes(StandardCharsets.UTF_8)), "SHA-256 of the text");
    Received answer = lineA.awaitAnswerTo(id);
    Expect.equal(answer.melding().getMeldingType(), "no.grunnmur.prove.v1.svar", "type of the answer");
    Expect.equal(new String(answer.files().get("svar æøå.txt"), StandardCharsets.UTF_8), "Innvilget – æøå", "answer");
    answer.svar().ack();
    world.untilEmpty();
  }

  /** From B, by ours, to A, by this client; the answer back to B. */
  private void fromOurs(byte[] bytes) throws Exception {
    Path file = Files.write(Files.createTempDirectory("conformance").resolve("kart æøå.pdf"), bytes);
    JsonNode sent =
        world.suite().ask(
            "client-send",
            Map.of(
                "kontoId", world.b().id().toString(),
                "mottakerKontoId", world.a().id().toString(),
                "meldingType", Line.TYPE,
                "klientKorrelasjonsId", "sak-19",
                "file", file.toString()));
    Received received = world.lineA().await(new MeldingId(UUID.fromString(sent.get("meldingId").asText())));
    Expect.equal(received.melding().getMeldingType(), Line.TYPE, "type");
    Expect.equal(received.melding().getAvsenderKontoId(), world.b().kontoId(), "sender");
    Expect.equal(received.melding().getKlientKorrelasjonId().getKlientKorrelasjonId(), "sak-19", "klientKorrelasjonsId");
    Expect.equal(sha256(received.files().get("kart æøå.pdf")), sha256(bytes), "SHA-256 of the file");
    MeldingId answer = received.svar().svar("no.grunnmur.prove.v1.svar", "Innvilget – æøå", "svar æøå.txt").getMeldingId();
    received.svar().ack();
    JsonNode answered =
        world.suite().ask("client-receive", Map.of("kontoId", world.b().id().toString(), "meldingId", answer.toString()));
    Expect.equal(answered.get("svarPaMelding").asText(), received.id().toString(), "svarPaMelding");
    Expect.equal(
        answered.get("files").get("svar æøå.txt").asText(),
        sha256("Innvilget – æøå".getBytes(StandardCharsets.UTF_8)),
        "SHA-256 of the answer");
    world.untilEmpty();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
