import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/** What an account's owner decides; stored as `post.konto.innstillinger`. Absent fields have the defaults below. */
export const KontoSettings = Type.Object({
  /** Use the recipient's chosen digital mailbox (Digipost, e-Boks). */
  sdp: Type.Boolean({ default: true }),
  /** Notify through Altinn's e-mail and SMS. */
  altinnVarsling: Type.Boolean({ default: true }),
  /** Organisations get paper when digital delivery fails or is not opened; they have no right to it. */
  printOrganisasjoner: Type.Boolean({ default: false }),
  /** Working days an Altinn notice may stay unopened before the letter is printed. */
  lesefristVirkedager: Type.Integer({ minimum: 1, maximum: 30, default: 2 }),
  /** Printed on the front page unless the letter has its own reply address. */
  forside: Type.Object(
    {
      navn: Type.Optional(Type.String({ maxLength: 200 })),
      adresselinje1: Type.Optional(Type.String({ maxLength: 200 })),
      postnummer: Type.Optional(Type.String({ maxLength: 10 })),
      poststed: Type.Optional(Type.String({ maxLength: 100 })),
      tekst: Type.Optional(Type.String({ maxLength: 1000 })),
    },
    { default: {} },
  ),
});
export type KontoSettings = Static<typeof KontoSettings>;

const compiled = Compile(KontoSettings);

/** Settings with defaults filled in; throws when a stored value breaks its rule. */
export function readKontoSettings(stored: unknown): KontoSettings {
  const settings = Value.Default(KontoSettings, structuredClone(stored ?? {}));
  if (!compiled.Check(settings)) {
    const faults = compiled.Errors(settings).map((error) => `${error.instancePath} ${error.message}`);
    throw new Error(`Settings of the account are not valid: ${faults.join('; ')}`);
  }
  return settings;
}
