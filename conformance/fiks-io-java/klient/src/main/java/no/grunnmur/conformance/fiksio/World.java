package no.grunnmur.conformance.fiksio;

import java.util.Random;
import no.grunnmur.conformance.Suite;

/** Two kontoer of different organisations that exchange messages of any type; the first listens all the time. */
record World(Suite suite, Party a, Party b, Line lineA) {
  /** Bytes that cannot be compressed. */
  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random().nextBytes(bytes);
    return bytes;
  }

  /** Waits until nothing is left on the second konto's queue. */
  void untilEmpty() throws Exception {
    Suite.eventually(() -> lineA.waiting(b.kontoId()), waiting -> waiting == 0);
  }
}
