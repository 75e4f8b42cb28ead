package no.grunnmur.conformance.fiksio.send;

import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.klient.MeldingSpesifikasjonApiModel;
import no.ks.fiks.io.klient.SendtMeldingApiModel;

/** What comes back from sending, and what lies on the receiver's queue. */
record SendChecks(Suite suite, Sender a, Sender b, Inbox inboxB) {
  private static final int THRESHOLD = 5 * 1024 * 1024;
  private static final long DAY_MS = 86_400_000;

  void run() {
    suite.check("send: without data, everything else null", () -> {
      SendtMeldingApiModel sent = a.send(toB().build());
      echoes(sent, toB().build());
      Expect.equal(sent.getTtl(), 7 * DAY_MS, "ttl");
      Expect.equal(sent.getDokumentlagerId(), null, "dokumentlagerId");
      GetResponse message = inboxB.take(sent.getMeldingId());
      Expect.equal(message.getBody().length, 0, "bytes of the body");
      Expect.equal(headers(message, "melding-id", "type", "avsender-id"), expected(sent, Map.of()), "headers");
    });
    suite.check("send: with data and every field", this::everything);
    suite.check("send: every header reaches the queue as a long string, every delivery with the queue's routing key", this::wire);
    suite.check("send: the same content twice is two messages", () -> {
      UUID one = a.send(toB().build(), new byte[] {1}).getMeldingId();
      UUID two = a.send(toB().build(), new byte[] {1}).getMeldingId();
      Expect.that(!one.equals(two), "the same id");
      inboxB.take(one);
      inboxB.take(two);
    });
    suite.check("send: 20 MiB, of unknown length to the server, get a dokumentlagerId", () -> data(4 * THRESHOLD, true));
    if (suite.access().ownServer()) {
      suite.check("send: exactly 5 MiB get no dokumentlagerId", () -> data(THRESHOLD, false));
      suite.check("send: one byte more gets a dokumentlagerId", () -> data(THRESHOLD + 1, true));
    }
  }

  private MeldingSpesifikasjonApiModel.MeldingSpesifikasjonApiModelBuilder toB() {
    return a.to(b.konto.kontoId());
  }

  private static void echoes(SendtMeldingApiModel sent, MeldingSpesifikasjonApiModel asked) {
    Expect.equal(sent.getAvsenderKontoId(), asked.getAvsenderKontoId(), "avsenderKontoId");
    Expect.equal(sent.getMottakerKontoId(), asked.getMottakerKontoId(), "mottakerKontoId");
    Expect.equal(sent.getMeldingType(), asked.getMeldingType(), "meldingType");
    Expect.equal(sent.getSvarPaMelding(), asked.getSvarPaMelding(), "svarPaMelding");
    Map<String, String> headere = sent.getHeadere() == null ? Map.of() : sent.getHeadere();
    Expect.equal(headere, asked.getHeadere() == null ? Map.of() : asked.getHeadere(), "headere");
  }

  private void everything() throws Exception {
    UUID earlier = a.send(toB().build()).getMeldingId();
    inboxB.take(earlier);
    byte[] data = random(1000);
    MeldingSpesifikasjonApiModel asked =
        toB()
            .svarPaMelding(earlier)
            .ttl(DAY_MS)
            .headere(Map.of("klientMeldingId", UUID.randomUUID().toString(), "klientKorrelasjonsId", "sak æøå", "klientKorrelasjonId", "sak æøå"))
            .build();
    SendtMeldingApiModel sent = a.send(asked, data);
    echoes(sent, asked);
    Expect.equal(sent.getTtl(), DAY_MS, "ttl");
    GetResponse message = inboxB.take(sent.getMeldingId());
    Expect.that(Arrays.equals(message.getBody(), data), "the data has changed");
    Expect.equal(message.getProps().getHeaders().get("svar-til").toString(), earlier.toString(), "svar-til");
    long left = Long.parseLong(message.getProps().getExpiration());
    Expect.that(left > DAY_MS - 60_000 && left <= DAY_MS, "expiration " + left);
    asked.getHeadere().forEach(
        (name, value) ->
            Expect.equal(String.valueOf(message.getProps().getHeaders().get("egendefinert-header." + name)), value, name));
  }

  private void wire() throws Exception {
    UUID id = a.send(toB().headere(Map.of("x", "å", "tall", "17")).build(), random(10)).getMeldingId();
    GetResponse message = inboxB.take(id);
    Expect.equal(message.getEnvelope().getExchange(), "fiks-io.meldinger", "exchange");
    Expect.equal(message.getEnvelope().getRoutingKey(), "fiksio.konto." + b.konto.kontoId(), "routing key");
    Expect.equal(message.getEnvelope().isRedeliver(), false, "redelivered");
    message.getProps().getHeaders().forEach((name, value) -> {
      // RabbitMQ adds headers of its own.
      boolean ours = !suite.access().rabbitmq() || !name.startsWith("x-");
      Expect.that(!ours || value instanceof LongString, name + " is a " + value.getClass());
    });
  }

  private void data(int size, boolean byDokumentlager) throws Exception {
    byte[] bytes = random(size);
    SendtMeldingApiModel sent = a.send(toB().build(), bytes);
    Expect.equal(sent.getDokumentlagerId() != null, byDokumentlager, "has a dokumentlagerId");
    GetResponse message = inboxB.take(sent.getMeldingId());
    Object header = message.getProps().getHeaders().get("dokumentlager-id");
    if (byDokumentlager) {
      Expect.equal(String.valueOf(header), sent.getDokumentlagerId().toString(), "dokumentlager-id");
      Expect.equal(message.getBody().length, 0, "bytes of the body");
    } else {
      Expect.equal(header, null, "dokumentlager-id");
      Expect.that(Arrays.equals(message.getBody(), bytes), "the data has changed");
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random().nextBytes(bytes);
    return bytes;
  }

  private static Map<String, String> expected(SendtMeldingApiModel sent, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.put("melding-id", sent.getMeldingId().toString());
    all.put("type", sent.getMeldingType());
    all.put("avsender-id", sent.getAvsenderKontoId().toString());
    return all;
  }

  private static Map<String, String> headers(GetResponse message, String... names) {
    Map<String, String> found = new HashMap<>();
    for (String name : Set.of(names)) found.put(name, String.valueOf(message.getProps().getHeaders().get(name)));
    return found;
  }
}
