package no.grunnmur.conformance.fiksio.dokumentlager;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataDownloadResult;
import no.ks.fiks.dokumentlager.klient.model.DokumentlagerResponse;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertFor;
import no.ks.fiks.dokumentlager.klient.model.eksponertfor.EksponertForIntegrasjon;

/** Who may read a document, and what comes with it. */
record DownloadChecks(Suite suite, Store own, Store other) {
  void run() {
    byte[] bytes = Store.random(50_000);
    suite.check("download: with its length and type", () -> {
      UUID id = own.upload(bytes, Store.metadata().build());
      DokumentlagerResponse<InputStream> response = own.klient.download(id);
      Expect.equal(response.getHttpStatus(), 200, "status");
      Expect.equal(response.getHeader("Content-Length").orElse(null), String.valueOf(bytes.length), "Content-Length");
      Expect.equal(response.getHeader("Content-Type").orElse(null), "application/pdf", "Content-Type");
      try (InputStream stream = response.getResult()) {
        Expect.that(Arrays.equals(stream.readAllBytes(), bytes), "the document has changed");
      }
    });
    suite.check("downloadLazy", () -> {
      UUID id = own.upload(bytes, Store.metadata().build());
      try (InputStream stream = own.klient.downloadLazy(id).getResult()) {
        Expect.that(Arrays.equals(stream.readAllBytes(), bytes), "the document has changed");
      }
    });
    suite.check("downloadMetadata", () -> {
      UUID korrelasjonsid = UUID.randomUUID();
      UUID id = own.upload(bytes, Store.metadata().korrelasjonsid(korrelasjonsid).build());
      DokumentMetadataDownloadResult metadata = own.klient.downloadMetadata(id).getResult();
      Expect.equal(metadata.getId(), id, "id");
      Expect.equal(metadata.getDokumentnavn(), "kart æøå.pdf", "dokumentnavn");
      Expect.equal(metadata.getMimeType(), "application/pdf", "mimeType");
      Expect.equal(metadata.getUkryptertStorrelse(), (long) bytes.length, "ukryptertStorrelse");
      Expect.that(metadata.getKryptertStorrelse() >= bytes.length, "kryptertStorrelse " + metadata.getKryptertStorrelse());
      Expect.equal(metadata.getKorrelasjonsid(), korrelasjonsid, "korrelasjonsid");
    });
    suite.check("download: by the integration of another organisation that it is open to", () -> {
      Set<EksponertFor> open = Set.of(new EksponertForIntegrasjon(other.integration.id()));
      UUID id = own.upload(bytes, Store.metadata().eksponertFor(open).build());
      Expect.that(Arrays.equals(other.download(id), bytes), "the document has changed");
      Expect.equal(other.klient.downloadMetadata(id).getResult().getId(), id, "id");
    });
    suite.check("download: by one that it is not open to is refused with 403", () -> {
      UUID id = own.upload(bytes, Store.metadata().build());
      Store.refused(403, () -> other.klient.download(id));
      Store.refused(403, () -> other.klient.downloadMetadata(id));
    });
    suite.check("download: an unknown document is 404", () -> {
      Store.refused(404, () -> own.klient.download(UUID.randomUUID()));
      Store.refused(404, () -> own.klient.downloadMetadata(UUID.randomUUID()));
    });
    suite.check("download: after its time is 410", () -> {
      UUID id = own.upload(bytes, Store.metadata().ttl(1L).build());
      Thread.sleep(1500);
      Store.refused(410, () -> own.klient.download(id));
    });
  }
}
