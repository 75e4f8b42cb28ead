package no.grunnmur.conformance.fiksio.dokumentlager;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUpdate;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUpdateResult;
import no.ks.fiks.dokumentlager.klient.model.Sokeresultat;
import no.ks.fiks.dokumentlager.klient.model.Soketreff;

/** Changes, searches and deletions. */
record ChangeChecks(Suite suite, Store own) {
  void run() {
    suite.check("updateMetadata: another ttl", () -> {
      UUID id = own.upload(new byte[] {1}, Store.metadata().build());
      DokumentMetadataUpdateResult result = update(id, DokumentMetadataUpdate.builder().ttl(7200L).build());
      Expect.equal(result.getId(), id, "id");
      Duration left = Duration.between(OffsetDateTime.now(), result.getTilgjengeligTil());
      Expect.that(left.compareTo(Duration.ofMinutes(119)) > 0 && left.compareTo(Duration.ofMinutes(121)) < 0, "left: " + left);
    });
    suite.check("updateMetadata: another tilgjengeligTil", () -> {
      UUID id = own.upload(new byte[] {1}, Store.metadata().build());
      OffsetDateTime until = OffsetDateTime.now().plusDays(3).withNano(0);
      DokumentMetadataUpdateResult result = update(id, DokumentMetadataUpdate.builder().tilgjengeligTil(until).build());
      Expect.equal(result.getTilgjengeligTil().toInstant(), until.toInstant(), "tilgjengeligTil");
    });
    suite.check("updateMetadata: both, or neither, is refused with 400", () -> {
      UUID id = own.upload(new byte[] {1}, Store.metadata().build());
      Store.refused(400, () -> update(id, DokumentMetadataUpdate.builder().build()));
      var both = DokumentMetadataUpdate.builder().ttl(1L).tilgjengeligTil(OffsetDateTime.now().plusDays(1)).build();
      Store.refused(400, () -> update(id, both));
    });
    suite.check("updateMetadata: an unknown document is 404", () ->
        Store.refused(404, () -> update(UUID.randomUUID(), DokumentMetadataUpdate.builder().ttl(1L).build())));
    suite.check("delete: the document is gone, and what is known of it stays", () -> {
      UUID korrelasjonsid = UUID.randomUUID();
      UUID id = own.upload(new byte[] {1, 2}, Store.metadata().korrelasjonsid(korrelasjonsid).build());
      Expect.equal(own.klient.delete(own.fiksOrgId, own.konto.kontoId(), id).getHttpStatus(), 200, "status");
      Store.refused(410, () -> own.klient.download(id));
      Store.refused(410, () -> own.klient.delete(own.fiksOrgId, own.konto.kontoId(), id));
      Store.refused(410, () -> update(id, DokumentMetadataUpdate.builder().ttl(1L).build()));
      Soketreff found = search(korrelasjonsid, 0, 10).getDokumenter().get(0);
      Expect.equal(found.getSlettet(), true, "slettet");
      Expect.equal(found.getDokumentnavn(), "kart æøå.pdf", "dokumentnavn");
    });
    suite.check("delete: an unknown document is 404", () ->
        Store.refused(404, () -> own.klient.delete(own.fiksOrgId, own.konto.kontoId(), UUID.randomUUID())));
    suite.check("sokDokumenterMedKorrelasjonsid: all, page by page", this::pages);
    suite.check("sokDokumenterMedKorrelasjonsid: none", () -> {
      Sokeresultat result = search(UUID.randomUUID(), 0, 10);
      Expect.equal(result.getTotaltAntallTreff(), 0, "hits");
      Expect.equal(result.getDokumenter(), List.of(), "documents");
    });
    suite.check("deleteDokumenterByKorrelasjonsid: its documents go, and no others", this::deleteByKorrelasjonsid);
  }

  private DokumentMetadataUpdateResult update(UUID id, DokumentMetadataUpdate change) {
    return own.klient.updateMetadata(own.fiksOrgId, own.konto.kontoId(), id, change).getResult();
  }

  private Sokeresultat search(UUID korrelasjonsid, Integer fra, Integer til) {
    return own.klient.sokDokumenterMedKorrelasjonsid(own.fiksOrgId, own.konto.kontoId(), korrelasjonsid, fra, til).getResult();
  }

  private void pages() {
    UUID korrelasjonsid = UUID.randomUUID();
    var metadata = Store.metadata().korrelasjonsid(korrelasjonsid).build();
    List<UUID> ids = IntStream.range(0, 5).mapToObj(each -> own.upload(new byte[] {1, 2, 3}, metadata)).toList();
    Sokeresultat all = search(korrelasjonsid, 0, 100);
    Expect.equal(all.getTotaltAntallTreff(), 5, "hits");
    Expect.equal(ids(all), Set.copyOf(ids), "documents");
    Soketreff one = all.getDokumenter().get(0);
    Expect.equal(one.getDokumentnavn(), "kart æøå.pdf", "dokumentnavn");
    Expect.equal(one.getMimetype(), "application/pdf", "mimetype");
    Expect.equal(one.getUkryptertStorrelse(), 3L, "ukryptertStorrelse");
    Expect.equal(one.getSlettet(), false, "slettet");
    Expect.equal(one.getKorrelasjonsid(), korrelasjonsid, "korrelasjonsid");
    Expect.that(Duration.between(one.getOpprettet(), OffsetDateTime.now()).abs().toMinutes() < 2, "opprettet " + one.getOpprettet());
    Sokeresultat page = search(korrelasjonsid, 2, 4);
    Expect.equal(page.getTotaltAntallTreff(), 5, "hits of a page");
    Expect.equal(page.getDokumenter().size(), 2, "documents of a page");
    Expect.equal(search(korrelasjonsid, null, null).getDokumenter().size(), 5, "documents without fra and til");
  }

  private static Set<UUID> ids(Sokeresultat result) {
    return result.getDokumenter().stream().map(Soketreff::getId).collect(Collectors.toSet());
  }

  private void deleteByKorrelasjonsid() throws Exception {
    UUID korrelasjonsid = UUID.randomUUID();
    var metadata = Store.metadata().korrelasjonsid(korrelasjonsid).build();
    UUID one = own.upload(new byte[] {1}, metadata);
    UUID two = own.upload(new byte[] {2}, metadata);
    UUID stays = own.upload(new byte[] {3}, Store.metadata().korrelasjonsid(UUID.randomUUID()).build());
    var response = own.klient.deleteDokumenterByKorrelasjonsid(own.fiksOrgId, own.konto.kontoId(), korrelasjonsid);
    Expect.equal(response.getHttpStatus(), 204, "status");
    Suite.eventually(
        () -> search(korrelasjonsid, 0, 10).getDokumenter(),
        found -> found.stream().allMatch(Soketreff::getSlettet));
    Store.refused(410, () -> own.klient.download(one));
    Store.refused(410, () -> own.klient.download(two));
    Expect.equal(own.download(stays).length, 1, "bytes of another document");
  }
}
