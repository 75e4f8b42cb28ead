package no.grunnmur.conformance.fiksio.dokumentlager;

import java.io.ByteArrayInputStream;
import java.time.OffsetDateTime;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.grunnmur.conformance.fiksio.Tokens;
import no.ks.fiks.dokumentlager.klient.DokumentlagerKlient;
import no.ks.fiks.dokumentlager.klient.exception.DokumentTooLargeException;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUpload;
import no.ks.fiks.maskinporten.Maskinportenklient;

/** What must be refused, in a form the client can read. */
record RefusalChecks(Suite suite, Store own, Store other) {
  void run() {
    Access.Integration integration = own.integration;
    suite.check("a wrong integration password is refused with 401", () ->
        unauthorised(own.maskinporten, integration.id(), "feil"));
    suite.check("an unknown integration is refused with 401", () ->
        unauthorised(own.maskinporten, UUID.randomUUID(), integration.password()));
    suite.check("another organisation's token is refused with 401", () ->
        unauthorised(Tokens.maskinporten(own.access, other.integration), integration.id(), integration.password()));
    suite.check("upload: another organisation's konto is 404", () ->
        Store.refused(404, () -> upload(own.klient, other.fiksOrgId, other.konto.kontoId(), Store.metadata().build())));
    suite.check("upload: an unknown konto is 404", () ->
        Store.refused(404, () -> upload(own.klient, own.fiksOrgId, UUID.randomUUID(), Store.metadata().build())));
    suite.check("upload: the konto under another organisation is 404", () ->
        Store.refused(404, () -> upload(own.klient, other.fiksOrgId, own.konto.kontoId(), Store.metadata().build())));
    suite.check("delete, updateMetadata and search in another organisation's konto are 404", () -> {
      UUID korrelasjonsid = UUID.randomUUID();
      UUID id = own.upload(new byte[] {1}, Store.metadata().korrelasjonsid(korrelasjonsid).build());
      UUID org = own.fiksOrgId;
      UUID konto = own.konto.kontoId();
      Store.refused(404, () -> other.klient.delete(org, konto, id));
      Store.refused(404, () -> other.klient.deleteDokumenterByKorrelasjonsid(org, konto, korrelasjonsid));
      Store.refused(404, () -> other.klient.sokDokumenterMedKorrelasjonsid(org, konto, korrelasjonsid, 0, 10));
      Expect.equal(own.download(id).length, 1, "bytes of the document");
    });
    suite.check("upload: ttl and tilgjengeligTil together, or neither, are refused with 400", () -> {
      invalid("ttl", Store.metadata().tilgjengeligTil(OffsetDateTime.now().plusDays(1)).build());
      invalid("ttl", Store.metadata().ttl(null).build());
    });
    suite.check("upload: tilgjengeligTil in the past is refused with 400", () ->
        invalid("tilgjengeligTil", Store.metadata().ttl(null).tilgjengeligTil(OffsetDateTime.now().minusDays(1)).build()));
    suite.check("upload: a level other than 3 and 4 is refused with 400", () ->
        invalid("sikkerhetsniva", Store.metadata().sikkerhetsniva(2).build()));
    suite.check("upload: no mimetype is refused with 400", () -> invalid("mimetype", Store.metadata().mimetype(null).build()));
    suite.check("upload: a path in the name is refused with 400", () ->
        invalid("dokumentnavn", Store.metadata().dokumentnavn("../../etc/passwd").build()));
    suite.check("upload: what the client breaks off at its own limit is not kept", () -> {
      UUID korrelasjonsid = UUID.randomUUID();
      DokumentMetadataUpload metadata = Store.metadata().korrelasjonsid(korrelasjonsid).build();
      Expect.failure(
          DokumentTooLargeException.class,
          () ->
              own.klient.upload(
                  new ByteArrayInputStream(Store.random(3_000_000)), metadata, own.fiksOrgId, own.konto.kontoId(), false, 1_000_000));
      var found = own.klient.sokDokumenterMedKorrelasjonsid(own.fiksOrgId, own.konto.kontoId(), korrelasjonsid, 0, 10);
      Expect.equal(found.getResult().getTotaltAntallTreff(), 0, "documents kept");
    });
  }

  private static void upload(DokumentlagerKlient klient, UUID fiksOrgId, UUID kontoId, DokumentMetadataUpload metadata) {
    klient.upload(new ByteArrayInputStream(Store.random(300_000)), metadata, fiksOrgId, kontoId);
  }

  private void invalid(String field, DokumentMetadataUpload metadata) {
    String answer = Store.refused(400, () -> upload(own.klient, own.fiksOrgId, own.konto.kontoId(), metadata));
    Expect.that(answer.contains(field), answer);
  }

  private void unauthorised(Maskinportenklient tokens, UUID integrasjonId, String passord) throws Exception {
    try (DokumentlagerKlient klient = own.klient(tokens, integrasjonId, passord)) {
      Store.refused(401, () -> upload(klient, own.fiksOrgId, own.konto.kontoId(), Store.metadata().build()));
      Store.refused(401, () -> klient.download(UUID.randomUUID()));
    }
  }
}
