package no.grunnmur.conformance.v2;

import static no.grunnmur.conformance.Documents.VEDTAK;
import static no.grunnmur.conformance.v2.ReadBackChecks.notFound;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.maskinporten.Maskinportenklient;
import no.ks.fiks.svarut.forsendelse.lest.model.v2.LestAv;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Forsendelse;
import no.ks.svarut.klient.SvarUtKlientException;

/** Nobody gets in without all three proofs, and nobody sees what belongs to another organisation. */
record AccessChecks(Suite suite, Sender sender, Access.Integration other, Clients strangers) {
  void run() throws Exception {
    Access access = sender.access();
    Access.Integration own = sender.integration();
    Maskinportenklient ownToken = Clients.maskinporten(access, own);
    suite.check("a wrong integration password is refused with 401", () -> unauthorised(ownToken, own.id(), "feil"));
    suite.check("an unknown integration is refused with 401", () -> unauthorised(ownToken, UUID.randomUUID(), own.password()));
    suite.check("a token of another organisation is refused with 401", () ->
        unauthorised(Clients.maskinporten(access, other), own.id(), own.password()));

    Access.Person altinn = access.person("altinn");
    String reference = "fremmed-" + UUID.randomUUID();
    UUID id = sender.send(sender.letter(Sender.to(altinn), VEDTAK).eksternReferanse(reference).build());
    UUID strangersKonto = other.kontoer().get(0);
    suite.check("another organisation's account is not found when sending", () -> {
      Forsendelse letter = sender.letter(Sender.to(altinn), VEDTAK).build();
      notFound(() -> strangers.send.send(sender.konto(), letter, access.documents().streams(VEDTAK)));
    });
    suite.check("another organisation's account is not found when asking for statuses", () ->
        notFound(() -> strangers.status.hentStatuser(sender.konto(), List.of(id))));
    suite.check("another organisation's letter is left out of statuses", () ->
        Expect.equal(strangers.status.hentStatuser(strangersKonto, List.of(id)), List.of(), "statuses"));
    suite.check("another organisation's letter is not found by reference", () -> {
      Expect.equal(
          strangers.eksternRef.finnForsendelserKnyttetTilEksternRef(strangersKonto, reference), List.of(), "ids");
      notFound(() -> strangers.eksternRef.finnForsendelserKnyttetTilEksternRefMedMetadata(sender.konto(), reference));
    });
    suite.check("another organisation's letter is not found in any other call", () -> {
      notFound(() -> strangers.hendelser.hentHendelser(id));
      notFound(() -> strangers.hendelser.hentSigneringshendelser(id));
      notFound(() -> strangers.metadata.hentMetadata(id));
      notFound(() -> strangers.slett.slettOriginalDokumenter(id));
      notFound(() -> strangers.slett.slettAlleFiler(id));
      LestAv lestAv = new LestAv(altinn.fnr(), OffsetDateTime.now(), "Fremmed");
      notFound(() -> strangers.lest.settForsendelseLestAvEksterntSystem(id, lestAv));
    });
    suite.check("another person does not find the letter in the portal", () ->
        Expect.equal(suite.readLetter(id, access.person("reserved").fnr(), 3).get("status").asInt(), 404, "status"));
  }

  private void unauthorised(Maskinportenklient token, UUID integrasjonId, String password) {
    try (Clients clients = new Clients(sender.access(), token, integrasjonId, password)) {
      var error = Expect.failure(SvarUtKlientException.class, clients.typer::hentForsendelsestyper).getErrorMessage();
      Expect.equal(error.getStatus(), 401, "status");
      Forsendelse letter = sender.letter(Sender.to(sender.access().person("altinn")), VEDTAK).build();
      var sending =
          Expect.failure(
              SvarUtKlientException.class,
              () -> clients.send.send(sender.konto(), letter, sender.access().documents().streams(VEDTAK)));
      Expect.equal(sending.getErrorMessage().getStatus(), 401, "status when sending");
    }
  }
}
