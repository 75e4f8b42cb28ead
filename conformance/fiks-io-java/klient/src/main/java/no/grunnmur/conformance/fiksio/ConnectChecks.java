package no.grunnmur.conformance.fiksio;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;

/** Who gets in, and to which queue. */
record ConnectChecks(Suite suite, Party a, Party b) {
  void run() {
    Access.Integration own = a.integration();
    suite.check("FiksIOKlientFactory.build: connects over TLS with a token that it fetches itself", () -> {
      try (Line line = a.setup().open()) {
        Expect.equal(line.klient.getKontoId(), a.kontoId(), "kontoId");
      }
    });
    suite.check("FiksIOKlientFactory.build: connects with a token from a supplier", () -> a.setup().tokensOf(own).open().close());
    suite.check("FiksIOKlientFactory.build: a wrong integration password is an authentication failure", () ->
        refused(a.setup().integration(own.id(), "feil")));
    suite.check("FiksIOKlientFactory.build: an unknown integration is an authentication failure", () ->
        refused(a.setup().integration(UUID.randomUUID(), own.password())));
    suite.check("FiksIOKlientFactory.build: another organisation's token is an authentication failure", () ->
        refused(a.setup().tokensOf(b.integration())));
    suite.check("newSubscription: another organisation's queue is refused with 403 ACCESS_REFUSED", () ->
        closed(a.setup().konto(b.id()), 403, "ACCESS_REFUSED"));
    // RabbitMQ asks for the right to read before it looks for the queue.
    int code = a.access().rabbitmq() ? 403 : 404;
    String name = a.access().rabbitmq() ? "ACCESS_REFUSED" : "NOT_FOUND";
    suite.check("newSubscription: an unknown queue is refused with " + code + " " + name, () ->
        closed(a.setup().konto(UUID.randomUUID()), code, name));
  }

  private static void refused(Setup setup) {
    String text = Expect.failure(AuthenticationFailureException.class, setup::build).getMessage();
    Expect.that(text.contains("ACCESS_REFUSED"), text);
  }

  /** The server closes the channel, with this code, and leaves the connection open. */
  private static void closed(Setup setup, int code, String name) throws Exception {
    try (Line line = setup.open()) {
      ShutdownSignalException signal = Expect.failure(ShutdownSignalException.class, line::listen);
      Expect.equal(signal.isHardError(), false, "the connection is closed");
      Method reason = signal.getReason();
      Expect.that(reason instanceof AMQP.Channel.Close, "closed by " + reason);
      AMQP.Channel.Close close = (AMQP.Channel.Close) reason;
      Expect.equal(close.getReplyCode(), code, "reply code");
      Expect.that(close.getReplyText().startsWith(name), close.getReplyText());
      Expect.equal(close.getClassId(), 60, "class of the method that failed");
      Expect.equal(close.getMethodId(), 20, "method that failed");
    }
  }
}
