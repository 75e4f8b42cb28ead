import type { DokumentMetadata, ForsendelseStatus, Mottakersystem } from '../../types.ts';
import { defined, entries } from '../shared/form-values.ts';
import { legacyStatus } from '../shared/legacy-status.ts';
import type { DokumentMetadataV2, MottakersystemV2, StatusV2 } from './models.ts';

export function statusInV2(status: ForsendelseStatus): StatusV2 {
  return {
    id: status.id,
    sisteStatusEndring: status.sisteStatusEndring.toISOString(),
    status: legacyStatus(status),
  };
}

/** Note v2's own spelling `nedlasningUrl`; `dokumentType` may not be missing. */
export function dokumentMetadataInV2(dokument: DokumentMetadata): DokumentMetadataV2 {
  return defined({
    filnavn: dokument.filnavn,
    mimeType: dokument.mimeType,
    dokumentType: dokument.dokumentType ?? '',
    storrelse: dokument.storrelse,
    sha256Hash: dokument.sha256,
    nedlasningUrl: dokument.nedlastingUrl,
    kanSigneres: dokument.kanSigneres,
    signeringUrl: dokument.signeringUrl,
    ekstraMetadata: entries(dokument.ekstraMetadata),
    inneholderPersonsensitivInformasjon: dokument.inneholderPersonsensitivInformasjon,
  });
}

/** A system that takes every type answers the empty text, for `forsendelseType` may not be missing. */
export function mottakersystemInV2(system: Mottakersystem): MottakersystemV2 {
  return {
    id: system.id,
    navn: system.navn,
    organisasjonsnummer: system.organisasjonsnummer,
    forsendelseType: system.forsendelsestype ?? '',
    niva: system.niva,
  };
}
