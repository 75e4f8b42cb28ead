package no.grunnmur.conformance.v2;

import java.util.List;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.mottakersystem.model.v2.Mottakersystem;

/** What can be looked up before anything is sent. */
record LookupChecks(Suite suite, Clients clients) {
  void run() {
    suite.check("TyperKlientV2.hentForsendelsestyper", () -> {
      var typer = clients.typer.hentForsendelsestyper();
      Expect.that(typer.contains("nav.digisos") && typer.contains("ks.byggesøknad"), "got " + typer);
    });
    suite.check("MottakersystemKlientV2.hentMottakersystem: all", () -> {
      List<Mottakersystem> all = clients.mottakersystem.hentMottakersystem(null, null, null);
      Expect.that(!all.isEmpty(), "none");
      for (Mottakersystem each : all)
        Expect.that(each.getOrganisasjonsnummer().matches("[0-9]{9}") && !each.getNavn().isBlank(), "got " + each);
    });
    String orgnr = suite.access().organisationWithMottakersystem("");
    suite.check("MottakersystemKlientV2.hentMottakersystem: by organisation", () -> {
      List<Mottakersystem> found = clients.mottakersystem.hentMottakersystem(orgnr, null, null);
      Expect.that(!found.isEmpty(), "none for " + orgnr);
      Expect.that(found.stream().allMatch(each -> each.getOrganisasjonsnummer().equals(orgnr)), "got " + found);
    });
    suite.check("MottakersystemKlientV2.hentMottakersystem: by type with æøå and level", () -> {
      List<Mottakersystem> found = clients.mottakersystem.hentMottakersystem(orgnr, "ks.byggesøknad", 4);
      Expect.that(!found.isEmpty(), "none for " + orgnr);
      Expect.that(found.stream().allMatch(each -> each.getNiva() == 4), "got " + found);
    });
    suite.check("MottakersystemKlientV2.hentMottakersystem: none for an organisation without", () ->
        Expect.equal(
            clients.mottakersystem.hentMottakersystem(suite.access().organisationWithoutMottakersystem(), null, null),
            List.of(),
            "systems"));
  }
}
