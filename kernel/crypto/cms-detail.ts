import type { CmsErrorCode } from '@grunnmur/cms';

/**
 * What is wrong with a message that is not CMS as it should be (RFC 5652), for the faces, by the decoder's code. What
 * the decrypted bytes decide (`bad_key`) has no words here: nobody may decrypt by trial.
 */
const DETAILS: Readonly<Partial<Record<CmsErrorCode, string>>> = {
  not_cms:
    'filen er ikke CMS EnvelopedData i DER (binært). PEM (tekst med «-----BEGIN») og S/MIME må gjøres om, for eksempel med «openssl cms -cmsout -inform PEM -outform DER»',
  truncated: 'CMS-meldingen er kuttet eller tom',
  malformed: 'CMS-meldingen er ikke bygget slik RFC 5652 sier',
  too_deep: 'CMS-meldingen er nøstet for dypt',
  too_large: 'hodet i CMS-meldingen er for stort',
  unsupported_algorithm: 'CMS-meldingen bruker en algoritme som ikke støttes',
  no_matching_recipient: 'CMS-meldingen er kryptert for et annet sertifikat',
};

/** Words for a `CmsError`'s code; undefined for codes that only decryption can find, or that are no such code. */
export function cmsDetail(code: string | undefined): string | undefined {
  return code === undefined ? undefined : DETAILS[code as CmsErrorCode];
}
