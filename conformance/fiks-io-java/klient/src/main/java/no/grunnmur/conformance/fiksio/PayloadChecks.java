package no.grunnmur.conformance.fiksio;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;

/** Payloads of every size, unchanged; and what the client makes of one that was changed on the way. */
record PayloadChecks(World world) {
  private static final int MIB = 1024 * 1024;
  private static final int THRESHOLD = 5 * MIB;

  void run() {
    Suite suite = world.suite();
    suite.check("send: 4 MiB come with the message", () -> file(4 * MIB, false));
    suite.check("send: 6 MiB come by way of Dokumentlager", () -> file(6 * MIB, true));
    suite.check("send: 70 MiB, more than a message may have in AMQP", () -> file(70 * MIB, true));
    suite.check("svar: 6 MiB come by way of Dokumentlager", this::largeAnswer);
    if (suite.access().ownServer()) {
      suite.check("sendAsiceInnhold: exactly 5 MiB come with the message", () -> raw(THRESHOLD, false));
      suite.check("sendAsiceInnhold: one byte more comes by way of Dokumentlager", () -> raw(THRESHOLD + 1, true));
    }
    suite.check("sendAsiceInnhold: one byte, opaque to the platform", () -> raw(1, false));
    suite.check("a ciphertext passed on unchanged is readable", () -> tampered(bytes -> bytes, true));
    suite.check("a byte changed in the middle of the ciphertext: the client refuses the payload", () ->
        tampered(bytes -> flipped(bytes, bytes.length / 2), false));
    suite.check("a byte changed in the encrypted key: the client refuses the payload", () ->
        tampered(bytes -> flipped(bytes, 300), false));
    suite.check("a ciphertext cut short: the client refuses the payload", () ->
        tampered(bytes -> Arrays.copyOf(bytes, bytes.length - 2000), false));
    suite.check("a payload encrypted to another konto: the client refuses it", this::notForB);
  }

  private void file(int size, boolean byDokumentlager) throws Exception {
    byte[] bytes = World.random(size);
    Line lineA = world.lineA();
    try (Line lineB = world.b().listen()) {
      var sent = lineA.klient.send(lineA.to(world.b().kontoId()).build(), new ByteArrayInputStream(bytes), "kart.pdf");
      Received received = lineB.await(sent.getMeldingId());
      Expect.equal(received.melding().isHarPayload(), true, "harPayload");
      Expect.that(Arrays.equals(received.files().get("kart.pdf"), bytes), "the file has changed");
      Expect.equal(lineB.dokumentlagerCalls.get() > 0, byDokumentlager, "asked Dokumentlager");
      received.svar().ack();
    }
  }

  private void largeAnswer() throws Exception {
    byte[] bytes = World.random(6 * MIB);
    Line lineA = world.lineA();
    try (Line lineB = world.b().listen()) {
      Received received = lineB.await(lineA.send(world.b().kontoId()));
      int before = lineA.dokumentlagerCalls.get();
      received.svar().svar("svar", new ByteArrayInputStream(bytes), "kart.pdf");
      received.svar().ack();
      Received answer = lineA.awaitAnswerTo(received.id());
      Expect.that(Arrays.equals(answer.files().get("kart.pdf"), bytes), "the file has changed");
      Expect.that(lineA.dokumentlagerCalls.get() > before, "Dokumentlager was not asked");
      answer.svar().ack();
    }
  }

  private void raw(int size, boolean byDokumentlager) throws Exception {
    byte[] bytes = World.random(size);
    Line lineA = world.lineA();
    try (Line lineB = world.b().listen()) {
      var request = lineA.to(world.b().kontoId()).build();
      Received received = lineB.await(lineA.klient.sendAsiceInnhold(request, new ByteArrayInputStream(bytes)).getMeldingId());
      Expect.that(Arrays.equals(received.ciphertext(), bytes), "the bytes have changed");
      Expect.equal(lineB.dokumentlagerCalls.get() > 0, byDokumentlager, "asked Dokumentlager");
      received.svar().ack();
    }
  }

  private interface Change {
    byte[] apply(byte[] bytes);
  }

  /** Takes what the client encrypted, changes it and sends it on as if it had been changed on the way. */
  private void tampered(Change change, boolean readable) throws Exception {
    Line lineA = world.lineA();
    try (Line lineB = world.b().listen()) {
      var request = lineA.to(world.b().kontoId()).build();
      byte[] file = World.random(20_000);
      var sent = lineA.klient.send(request, new ByteArrayInputStream(file), "vedtak.pdf");
      Received genuine = lineB.await(sent.getMeldingId());
      genuine.svar().ack();
      byte[] changed = change.apply(genuine.ciphertext());
      Received received = lineB.await(lineA.klient.sendAsiceInnhold(request, new ByteArrayInputStream(changed)).getMeldingId());
      Expect.that(Arrays.equals(received.ciphertext(), changed), "the platform has changed it too");
      Path target = Files.createTempFile("conformance", ".zip");
      if (readable) {
        received.melding().writeDekryptertZip(target);
        Expect.that(Arrays.equals(received.files().get("vedtak.pdf"), file), "the file has changed");
        received.svar().ack();
      } else {
        Expect.failure(Exception.class, () -> received.melding().writeDekryptertZip(target));
        received.svar().nack();
      }
      Files.delete(target);
      world.untilEmpty();
    }
  }

  private void notForB() throws Exception {
    Line lineA = world.lineA();
    try (Line lineB = world.b().listen()) {
      // B answers A with a payload for A, which A sends back as it is.
      Received received = lineB.await(lineA.send(world.b().kontoId()));
      received.svar().svar("svar", "hemmelig", "svar.txt");
      received.svar().ack();
      Received answer = lineA.awaitAnswerTo(received.id());
      answer.svar().ack();
      var request = lineA.to(world.b().kontoId()).build();
      var back = lineA.klient.sendAsiceInnhold(request, new ByteArrayInputStream(answer.ciphertext()));
      Received unreadable = lineB.await(back.getMeldingId());
      Path target = Files.createTempFile("conformance", ".zip");
      Expect.failure(Exception.class, () -> unreadable.melding().writeDekryptertZip(target));
      Files.delete(target);
      unreadable.svar().nack();
    }
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }
}
