import { type Static, Type } from 'typebox';
import type { Address, Organisation, OrganisationRegister } from '../contract.ts';
import { E } from '../errors.ts';
import { isValidOrgnr } from '../numbers/organisation-number.ts';
import { checker, maybe, text } from './answer-schema.ts';
import { createUpstream, type UpstreamOptions } from './upstream.ts';

export interface EnhetsregisterOptions extends Omit<UpstreamOptions, 'token'> {
  /** Accept synthetic organisation numbers. Production passes `false`. */
  readonly synthetic: boolean;
}

const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
const MAX_SEARCH = 100;
const MAX_TEXT = 200;

const BrregAddress = Type.Object({
  adresse: maybe(Type.Array(Type.Union([text(), Type.Null()]), { maxItems: 10 })),
  postnummer: maybe(text(20)),
  poststed: maybe(text()),
  kommunenummer: maybe(text(10)),
  landkode: maybe(text(3)),
});

const BrregUnit = Type.Object({
  organisasjonsnummer: Type.String({ pattern: '^[0-9]{9}$' }),
  navn: text(1000),
  organisasjonsform: Type.Object({ kode: text(20), beskrivelse: maybe(text()) }),
  forretningsadresse: maybe(BrregAddress),
  beliggenhetsadresse: maybe(BrregAddress),
  postadresse: maybe(BrregAddress),
  overordnetEnhet: maybe(Type.String({ pattern: '^[0-9]{9}$' })),
  antallAnsatte: maybe(Type.Integer({ minimum: 0 })),
  maalform: maybe(text(30)),
  konkurs: maybe(Type.Boolean()),
  underAvvikling: maybe(Type.Boolean()),
  underTvangsavviklingEllerTvangsopplosning: maybe(Type.Boolean()),
  slettedato: maybe(text(30)),
});
type BrregUnit = Static<typeof BrregUnit>;

const BrregPage = Type.Object({
  // The register leaves `_embedded` out when nothing matched.
  _embedded: maybe(Type.Object({ enheter: Type.Array(BrregUnit, { maxItems: MAX_SEARCH }) })),
  page: Type.Object({ totalElements: Type.Integer({ minimum: 0 }) }),
});

const isUnit = checker(BrregUnit);
const isPage = checker(BrregPage);

/**
 * Client of Enhetsregisteret's open API (Brønnøysundregistrene, "Åpne data"): `/enhetsregisteret/api/enheter` and
 * `/underenheter`.
 */
export function createEnhetsregisterClient(
  options: EnhetsregisterOptions,
): OrganisationRegister & { close(): Promise<void> } {
  const upstream = createUpstream(options, MAX_RESPONSE_BYTES, {
    unavailable: E.enhetsregisteretUnavailable,
    rateLimited: E.enhetsregisteretRateLimited,
    refused: E.enhetsregisteretRefused,
    rejected: E.enhetsregisteretRejected,
    invalidAnswer: E.enhetsregisteretInvalidAnswer,
  });
  const fetchUnit = async (kind: Organisation['kind'], orgnr: string, signal?: AbortSignal) => {
    const path = `/enhetsregisteret/api/${kind === 'unit' ? 'enheter' : 'underenheter'}/${orgnr}`;
    // 410: removed from the open data; nothing is left to tell about it.
    const answer = await upstream.call({
      method: 'GET',
      path,
      expect: [404, 410],
      ...(signal && { signal }),
    });
    if (answer.json === undefined) return null;
    if (!isUnit(answer.json) || answer.json.organisasjonsnummer !== orgnr) {
      throw E.enhetsregisteretInvalidAnswer({ params: { reason: 'schema' } });
    }
    return toOrganisation(answer.json, kind);
  };
  return {
    find: async (orgnr, signal) => {
      if (!isValidOrgnr(orgnr, { synthetic: options.synthetic })) throw E.invalidOrgnr();
      return (await fetchUnit('unit', orgnr, signal)) ?? (await fetchUnit('subunit', orgnr, signal));
    },
    search: async (searchText, limit, signal) => {
      const size = Math.min(Math.max(Math.trunc(limit), 1), MAX_SEARCH);
      const query = new URLSearchParams({
        navn: searchText.trim().slice(0, MAX_TEXT),
        size: String(size),
        page: '0',
      });
      const path = `/enhetsregisteret/api/enheter?${query}`;
      const answer = await upstream.call({ method: 'GET', path, ...(signal && { signal }) });
      if (!isPage(answer.json)) throw E.enhetsregisteretInvalidAnswer({ params: { reason: 'schema' } });
      return (answer.json._embedded?.enheter ?? [])
        .slice(0, size)
        .map((unit) => toOrganisation(unit, 'unit'));
    },
    close: () => upstream.close(),
  };
}

function toOrganisation(unit: BrregUnit, kind: Organisation['kind']): Organisation {
  const businessAddress = toAddress(unit.forretningsadresse ?? unit.beliggenhetsadresse);
  const postalAddress = toAddress(unit.postadresse);
  const language = toLanguage(unit.maalform);
  return {
    orgnr: unit.organisasjonsnummer,
    name: unit.navn,
    form: {
      code: unit.organisasjonsform.kode,
      ...(unit.organisasjonsform.beskrivelse && { description: unit.organisasjonsform.beskrivelse }),
    },
    kind,
    ...(unit.overordnetEnhet && { parentOrgnr: unit.overordnetEnhet }),
    ...(businessAddress && { businessAddress }),
    ...(postalAddress && { postalAddress }),
    ...(language && { language }),
    ...(unit.antallAnsatte != null && { employees: unit.antallAnsatte }),
    bankrupt: unit.konkurs === true,
    windingUp: unit.underAvvikling === true || unit.underTvangsavviklingEllerTvangsopplosning === true,
    ...(unit.slettedato && { deletedOn: unit.slettedato.slice(0, 10) }),
  };
}

function toAddress(address: Static<typeof BrregAddress> | null | undefined): Address | undefined {
  if (!address?.postnummer || !address.poststed) return undefined;
  return {
    lines: (address.adresse ?? []).filter((line): line is string => Boolean(line)),
    postalCode: address.postnummer,
    city: address.poststed,
    ...(address.kommunenummer && { municipalityNumber: address.kommunenummer }),
    country: address.landkode ?? 'NO',
  };
}

function toLanguage(value: string | null | undefined): Organisation['language'] {
  if (value === 'Bokmål') return 'nb';
  return value === 'Nynorsk' ? 'nn' : undefined;
}
