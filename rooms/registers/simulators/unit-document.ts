import type { Address } from '../contract.ts';
import type { OrganisationForm, SyntheticOrganisation } from '../population/types.ts';

const FORM_NAMES: Readonly<Record<OrganisationForm, string>> = {
  KOMM: 'Kommune',
  FYLK: 'Fylkeskommune',
  ORGL: 'Organisasjonsledd',
  AS: 'Aksjeselskap',
  ENK: 'Enkeltpersonforetak',
  FLI: 'Forening/lag/innretning',
  SA: 'Samvirkeforetak',
  IKS: 'Interkommunalt selskap',
  STI: 'Stiftelse',
  BEDR: 'Underenhet til næringsdrivende og offentlig forvaltning',
};

const SECTORS: Partial<Record<OrganisationForm, { kode: string; beskrivelse: string }>> = {
  KOMM: { kode: '6500', beskrivelse: 'Kommuneforvaltningen' },
  FYLK: { kode: '6500', beskrivelse: 'Kommuneforvaltningen' },
  ORGL: { kode: '6500', beskrivelse: 'Kommuneforvaltningen' },
  AS: { kode: '2100', beskrivelse: 'Private aksjeselskaper mv.' },
  ENK: { kode: '8200', beskrivelse: 'Personlig næringsdrivende' },
};

/** A unit or sub-unit in the published JSON form. `base` is the address of the collection. */
export function toUnit(organisation: SyntheticOrganisation, base: string) {
  const { form } = organisation;
  const head = {
    organisasjonsnummer: organisation.orgnr,
    navn: organisation.name,
    organisasjonsform: { kode: form, beskrivelse: FORM_NAMES[form] },
    _links: { self: { href: `${base}/${organisation.orgnr}` } },
  };
  // A deleted unit shows little more than that it is deleted.
  if (organisation.deletedOn) return { ...head, slettedato: organisation.deletedOn };
  const address = toAddress(organisation.address, organisation.municipalityName);
  const sector = SECTORS[form];
  return {
    ...head,
    ...(form === 'BEDR' ? { beliggenhetsadresse: address } : { forretningsadresse: address }),
    registreringsdatoEnhetsregisteret: organisation.registeredOn,
    registrertIMvaregisteret: form === 'AS',
    naeringskode1: { kode: organisation.industry.code, beskrivelse: organisation.industry.description },
    harRegistrertAntallAnsatte: organisation.employees > 0,
    ...(organisation.employees > 0 && { antallAnsatte: organisation.employees }),
    ...(organisation.parentOrgnr && { overordnetEnhet: organisation.parentOrgnr }),
    ...(form !== 'BEDR' && {
      ...(sector && { institusjonellSektorkode: sector }),
      registrertIForetaksregisteret: form === 'AS' || form === 'SA',
      registrertIStiftelsesregisteret: form === 'STI',
      registrertIFrivillighetsregisteret: form === 'FLI',
      konkurs: organisation.bankrupt,
      underAvvikling: false,
      underTvangsavviklingEllerTvangsopplosning: false,
      maalform: organisation.language === 'nn' ? 'Nynorsk' : 'Bokmål',
    }),
  };
}

function toAddress(address: Address, municipalityName: string) {
  return {
    land: 'Norge',
    landkode: address.country,
    postnummer: address.postalCode,
    poststed: address.city,
    adresse: address.lines,
    kommune: municipalityName.toUpperCase(),
    kommunenummer: address.municipalityNumber,
  };
}
