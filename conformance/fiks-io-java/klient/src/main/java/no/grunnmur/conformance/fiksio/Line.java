package no.grunnmur.conformance.fiksio;

import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import no.grunnmur.conformance.Expect;
import no.ks.fiks.io.client.FiksIOKlient;
import no.ks.fiks.io.client.model.KontoId;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.io.client.model.MeldingRequest;

/** A connected client, with the messages that came to it. */
final class Line implements AutoCloseable {
  static final String TYPE = "no.grunnmur.prove.v1.melding";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final FiksIOKlient klient;
  /** How often the client has asked Dokumentlager. */
  final AtomicInteger dokumentlagerCalls;
  /** Completed when the subscription is over. */
  final CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
  private final List<Received> arrived = new ArrayList<>();
  private int taken;

  Line(FiksIOKlient klient, AtomicInteger dokumentlagerCalls) {
    this.klient = klient;
    this.dokumentlagerCalls = dokumentlagerCalls;
  }

  void listen() {
    klient.newSubscription((melding, svar) -> add(new Received(melding, svar)), ended::complete);
  }

  private synchronized void add(Received received) {
    arrived.add(received);
    notifyAll();
  }

  /** All that came, in order. */
  synchronized List<Received> arrived() {
    return List.copyOf(arrived);
  }

  /** How often a message came. */
  long deliveriesOf(MeldingId id) {
    return arrived().stream().filter(each -> each.id().equals(id)).count();
  }

  /** The next delivery of this message, waited for. */
  Received await(MeldingId id) throws InterruptedException {
    return await(each -> each.id().equals(id), "message " + id);
  }

  /** The answer to this message, waited for. */
  Received awaitAnswerTo(MeldingId id) throws InterruptedException {
    return await(each -> id.equals(each.melding().getSvarPaMelding()), "answer to " + id);
  }

  /** The next delivery that fits; those before it are passed over. */
  synchronized Received await(Predicate<Received> wanted, String what) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      while (taken < arrived.size()) {
        Received next = arrived.get(taken++);
        if (wanted.test(next)) return next;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      Expect.that(left > 0, "no " + what + " within " + PATIENCE.toSeconds() + " s");
      wait(left);
    }
  }

  MeldingRequest.MeldingRequestBuilder to(KontoId mottaker) {
    return MeldingRequest.builder().mottakerKontoId(mottaker).meldingType(TYPE);
  }

  /** Sends a message without payload. */
  MeldingId send(KontoId mottaker) {
    return klient.sendWithoutPayload(to(mottaker).build()).getMeldingId();
  }

  /** Messages that wait or are not yet answered, and consumers, of any konto. */
  long waiting(KontoId konto) {
    return klient.getKonto(konto).orElseThrow().getAntallUavhentedeMeldinger();
  }

  long consumers(KontoId konto) {
    return klient.getKonto(konto).orElseThrow().getAntallKonsumenter();
  }

  @Override
  public void close() throws IOException {
    klient.close();
  }
}
