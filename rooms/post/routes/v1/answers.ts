import type { DokumentMetadata, ForsendelseStatus, Mottakersystem } from '../../types.ts';
import { defined, entries } from '../shared/form-values.ts';
import { legacyStatus } from '../shared/legacy-status.ts';
import type { DokumentMetadataV1, MottakerV1, StatusV1 } from './models.ts';

export function statusInV1(status: ForsendelseStatus): StatusV1 {
  return {
    forsendelsesId: { id: status.id },
    sisteStatusEndring: status.sisteStatusEndring.getTime(),
    status: legacyStatus(status),
  };
}

/** Note v1's own spelling `nedlasningsUrl`. */
export function dokumentMetadataInV1(dokument: DokumentMetadata): DokumentMetadataV1 {
  return defined({
    mimeType: dokument.mimeType,
    filnavn: dokument.filnavn,
    kanSigneres: dokument.kanSigneres,
    inneholderPersonsensitivInformasjon: dokument.inneholderPersonsensitivInformasjon,
    sizeInBytes: dokument.storrelse,
    sha256hash: dokument.sha256,
    dokumentType: dokument.dokumentType,
    nedlasningsUrl: dokument.nedlastingUrl,
    signeringsUrl: dokument.signeringUrl,
    ekstraMetadata: entries(dokument.ekstraMetadata),
  });
}

export function mottakerInV1(system: Mottakersystem): MottakerV1 {
  return defined({
    organisasjonsNummer: system.organisasjonsnummer,
    forsendelsesType: system.forsendelsestype,
    mottakerSystem: system.navn,
    mottakerId: system.id,
    niva: system.niva,
  });
}
