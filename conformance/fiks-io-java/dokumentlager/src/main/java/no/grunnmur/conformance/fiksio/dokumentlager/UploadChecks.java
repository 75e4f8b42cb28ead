package no.grunnmur.conformance.fiksio.dokumentlager;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.dokumentlager.klient.exception.EmptyDokumentException;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUpload;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUploadResult;
import no.ks.fiks.dokumentlager.klient.model.DokumentlagerResponse;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertForAutorisasjon;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertForIntegrasjon;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertForMatrikkelenhet;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertForOrganisasjon;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertForPerson;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.RessursType;
import no.ks.kryptering.CMSKrypteringImpl;

/** Uploads in both modes, and of every kind of metadata. */
record UploadChecks(Suite suite, Store own) {
  private static final int MIB = 1024 * 1024;

  void run() {
    suite.check("getPublicKeyAsX509Certificate: a certificate of an RSA key, valid now", () -> {
      X509Certificate certificate = own.klient.getPublicKeyAsX509Certificate().getResult();
      certificate.checkValidity();
      Expect.equal(certificate.getPublicKey().getAlgorithm(), "RSA", "algorithm");
    });
    suite.check("upload: unencrypted", () -> {
      byte[] bytes = Store.random(100_000);
      DokumentlagerResponse<DokumentMetadataUploadResult> response =
          own.klient.upload(new ByteArrayInputStream(bytes), Store.metadata().build(), own.fiksOrgId, own.konto.kontoId());
      Expect.equal(response.getHttpStatus(), 201, "status");
      Expect.that(response.getHeader("Location").isPresent(), "no Location");
      result(response.getResult(), bytes);
      Expect.that(Arrays.equals(own.download(response.getResult().getId()), bytes), "the document has changed");
    });
    suite.check("upload: encrypted by the client, read decrypted", () -> encrypted(Store.metadata().build(), true));
    suite.check("upload: level 4, which the client encrypts by itself", () ->
        encrypted(Store.metadata().sikkerhetsniva(4).build(), false));
    suite.check("uploadAlreadyEncrypted: encrypted by the caller, read decrypted", () -> {
      byte[] bytes = Store.random(100_000);
      byte[] ciphertext =
          new CMSKrypteringImpl().krypterData(bytes, own.klient.getPublicKeyAsX509Certificate().getResult());
      var uploaded =
          own.klient.uploadAlreadyEncrypted(
              new ByteArrayInputStream(ciphertext), Store.metadata().build(), own.fiksOrgId, own.konto.kontoId());
      result(uploaded.getResult(), bytes);
      Expect.that(Arrays.equals(own.download(uploaded.getResult().getId()), bytes), "the document has changed");
    });
    suite.check("uploadAlreadyEncrypted: what cannot be decrypted is refused with 400", () ->
        Store.refused(400, () ->
            own.klient.uploadAlreadyEncrypted(
                new ByteArrayInputStream(Store.random(10_000)), Store.metadata().build(), own.fiksOrgId, own.konto.kontoId())));
    suite.check("upload: 100 MiB, unencrypted", () -> large(false));
    suite.check("upload: 100 MiB, encrypted", () -> large(true));
    suite.check("upload: one byte", () -> {
      UUID id = own.upload(new byte[] {7}, Store.metadata().build());
      Expect.that(Arrays.equals(own.download(id), new byte[] {7}), "the document has changed");
    });
    suite.check("upload: nothing is refused by the client itself", () ->
        Expect.failure(EmptyDokumentException.class, () -> own.upload(new byte[0], Store.metadata().build())));
    suite.check("upload: tilgjengeligTil instead of ttl, and a ttl for ever", () -> {
      own.upload(new byte[] {1}, Store.metadata().ttl(null).tilgjengeligTil(OffsetDateTime.now().plusHours(1)).build());
      own.upload(new byte[] {1}, Store.metadata().ttl(-1L).build());
    });
    suite.check("upload: open to a person, an organisation, an integration, a right and a property", () -> {
      var property = new EksponertForMatrikkelenhet.Matrikkelenhet("4601", "17", "2", "0", "0");
      DokumentMetadataUpload metadata =
          Store.metadata()
              .eksponertFor(
                  Set.of(
                      new EksponertForPerson(suite.access().person("altinn").fnr()),
                      new EksponertForOrganisasjon(own.konto.orgnr()),
                      new EksponertForOrganisasjon(own.konto.orgnr(), RessursType.BYGGESAKER),
                      new EksponertForIntegrasjon(own.integration.id()),
                      new EksponertForAutorisasjon("BYGGESAK.LES", UUID.randomUUID()),
                      new EksponertForMatrikkelenhet(property)))
              .korrelasjonsid(UUID.randomUUID())
              .ikkeLagreDokumentLastetNed(true)
              .build();
      own.upload(new byte[] {1}, metadata);
    });
  }

  private static void result(DokumentMetadataUploadResult result, byte[] bytes) {
    Expect.that(result.getId() != null, "no id");
    Expect.equal(result.getDokumentnavn(), "kart æøå.pdf", "dokumentnavn");
    Expect.equal(result.getMimeType(), "application/pdf", "mimeType");
    Expect.equal(result.getUkryptertStorrelse(), (long) bytes.length, "ukryptertStorrelse");
    Expect.that(result.getKryptertStorrelse() >= bytes.length, "kryptertStorrelse " + result.getKryptertStorrelse());
  }

  private void encrypted(DokumentMetadataUpload metadata, boolean asked) throws Exception {
    byte[] bytes = Store.random(100_000);
    DokumentMetadataUploadResult uploaded = own.upload(bytes, metadata, asked);
    result(uploaded, bytes);
    Expect.that(uploaded.getKryptertStorrelse() > bytes.length, "kryptertStorrelse " + uploaded.getKryptertStorrelse());
    Expect.that(Arrays.equals(own.download(uploaded.getId()), bytes), "the document has changed");
  }

  /** From a stream that is never whole in memory, here or there. */
  private void large(boolean encrypted) throws Exception {
    byte[] block = Store.random(MIB);
    List<InputStream> blocks = new ArrayList<>();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int each = 0; each < 100; each++) {
      blocks.add(new ByteArrayInputStream(block));
      digest.update(block);
    }
    InputStream stream = new SequenceInputStream(Collections.enumeration(blocks));
    var uploaded = own.klient.upload(stream, Store.metadata().build(), own.fiksOrgId, own.konto.kontoId(), encrypted).getResult();
    Expect.equal(uploaded.getUkryptertStorrelse(), 100L * MIB, "ukryptertStorrelse");
    Expect.equal(own.digest(uploaded.getId()), HexFormat.of().formatHex(digest.digest()), "SHA-256");
  }
}
