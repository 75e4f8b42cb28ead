package no.grunnmur.conformance.fiksio;

import feign.FeignException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Pem;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.io.client.model.SendtMelding;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The client brings its public key to the catalogue by itself, and goes on reading what was encrypted to the old one. */
record KeyChecks(World world) {
  void run() throws Exception {
    Suite suite = world.suite();
    PrivateKey old = Pem.privateKey(world.b().konto().privateKeyPem());
    String oldCertificate = world.b().konto().certificatePem();
    // The client goes on to its next key only when a message is not too long for the one it tries: the larger key first.
    KeyPair pair = newPair(((RSAKey) old).getModulus().bitLength() + 1024);
    suite.check("publicKey: a new key is put into the catalogue at start, and messages are encrypted to it", () -> {
      // Encrypted to the old key, and read after the change.
      SendtMelding before = send(world.lineA());
      try (Line lineB = world.b().setup().keys(pair.getPrivate(), old).publicKey(certificate(pair)).listen()) {
        Expect.equal(lineB.klient.validerOffentligNokkelMotPrivateKey(), true, "the key in the catalogue is ours");
        read(lineB, before);
        // A client that did not know the old key.
        try (Line lineA = world.a().setup().open()) {
          SendtMelding after = send(lineA);
          try (Line onlyNew = world.b().setup().keys(pair.getPrivate()).open()) {
            Expect.equal(onlyNew.klient.validerOffentligNokkelMotPrivateKey(), true, "the new key alone");
          }
          read(lineB, after);
        }
      }
      try (Line onlyOld = world.b().setup().keys(old).open()) {
        Expect.equal(onlyOld.klient.validerOffentligNokkelMotPrivateKey(), false, "the old key is still in the catalogue");
      }
    });
    suite.check("publicKey: a key that belongs to none of the client's private keys changes nothing", () -> {
      String strange = certificate(newPair(2048));
      RuntimeException refused =
          Expect.failure(RuntimeException.class, () -> world.b().setup().keys(pair.getPrivate()).publicKey(strange).build());
      Expect.that(refused.getMessage().contains("kan ikke valideres"), refused.getMessage());
      try (Line lineB = world.b().setup().keys(pair.getPrivate()).open()) {
        Expect.equal(lineB.klient.validerOffentligNokkelMotPrivateKey(), true, "the key in the catalogue is the same");
      }
    });
    suite.check("publicKey: a key of 1024 bits is refused with 400", () -> {
      KeyPair weak = newPair(1024);
      FeignException refused =
          Expect.failure(
              FeignException.class,
              () -> world.b().setup().keys(weak.getPrivate()).publicKey(certificate(weak)).build());
      Expect.equal(refused.status(), 400, "status");
    });
    // Whatever happened above, the others find the konto as it was.
    suite.check("publicKey: an earlier key may come back", () -> {
      for (int time = 0; time < 2; time++)
        try (Line lineB = world.b().setup().publicKey(oldCertificate).listen()) {
          Expect.equal(lineB.klient.validerOffentligNokkelMotPrivateKey(), true, "the old key is in the catalogue");
          try (Line lineA = world.a().setup().open()) {
            read(lineB, send(lineA));
          }
        }
    });
  }

  private SendtMelding send(Line line) {
    return line.klient.send(line.to(world.b().kontoId()).build(), "innhold", "fil.txt");
  }

  private static void read(Line line, SendtMelding sent) throws Exception {
    Received received = line.await(sent.getMeldingId());
    Expect.equal(new String(received.files().get("fil.txt"), StandardCharsets.UTF_8), "innhold", "text");
    received.svar().ack();
  }

  private static KeyPair newPair(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String certificate(KeyPair pair) throws Exception {
    Date from = Date.from(Instant.now().minus(Duration.ofDays(1)));
    Date to = Date.from(Instant.now().plus(Duration.ofDays(365)));
    X500Name name = new X500Name("CN=Konformitet");
    BigInteger serial = BigInteger.valueOf(System.nanoTime());
    var builder = new JcaX509v3CertificateBuilder(name, serial, from, to, name, pair.getPublic());
    byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())).getEncoded();
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }
}
