import type { Contact } from '@grunnmur/registers';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import type { Kanal, Mottakersystem } from '../types.ts';
import type { KontoSettings } from './konto-settings.ts';

export interface ChannelPlan {
  /** In the order to try. Empty: nothing can deliver it. */
  readonly kanaler: readonly Kanal[];
  /** Why the first channel was chosen; a key under `post.rute` in the locales. */
  readonly grunn: string;
}

/**
 * The channels of a letter (SvarUt: channel choice). Digital-only letters never get paper. Paper needs an address;
 * letters that may be printed have one, or they would not have been accepted.
 */
export function channelPlan(
  letter: Forsendelse,
  settings: KontoSettings,
  contact: Contact | undefined,
  systems: readonly Mottakersystem[],
): ChannelPlan {
  const print: Kanal[] = letter.kunDigital || !letter.innhold.mottaker.adresse?.poststed ? [] : ['print'];
  const { mottakerId } = letter;
  if (mottakerId === null) return { kanaler: print, grunn: 'uten_digital_id' };
  if (mottakerId.length === 9) return organisationPlan(letter, settings, systems, print);
  return personPlan(settings, contact, print);
}

function personPlan(settings: KontoSettings, contact: Contact | undefined, print: Kanal[]): ChannelPlan {
  if (!contact?.registered)
    return { kanaler: print, grunn: contact?.status === 'SLETTET' ? 'krr_slettet' : 'krr_ikke_registrert' };
  if (contact.reserved) return { kanaler: print, grunn: 'krr_reservert' };
  if (contact.mailbox && settings.sdp)
    return { kanaler: ['sdp', ...(contact.notifiable ? (['altinn'] as const) : []), ...print], grunn: 'sdp' };
  if (!contact.notifiable) return { kanaler: print, grunn: 'krr_kan_ikke_varsles' };
  return { kanaler: ['altinn', ...print], grunn: 'altinn' };
}

function organisationPlan(
  letter: Forsendelse,
  settings: KontoSettings,
  systems: readonly Mottakersystem[],
  print: Kanal[],
): ChannelPlan {
  const paper = settings.printOrganisasjoner ? print : [];
  const system = matchSystem(letter, systems);
  if (system) return { kanaler: ['svarinn', 'altinn', ...paper], grunn: 'mottakersystem' };
  return { kanaler: ['altinn', ...paper], grunn: 'altinn_organisasjon' };
}

/** The system with the letter's own type wins over one that takes all types (SvarInn: most specific type wins). */
export function matchSystem(
  letter: Forsendelse,
  systems: readonly Mottakersystem[],
): Mottakersystem | undefined {
  const niva = letter.niva4 ? 4 : 3;
  const candidates = systems.filter(
    (system) => system.organisasjonsnummer === letter.mottakerId && system.niva >= niva,
  );
  return (
    candidates.find(
      (system) =>
        system.forsendelsestype !== undefined && system.forsendelsestype === letter.forsendelsestype,
    ) ?? candidates.find((system) => system.forsendelsestype === undefined)
  );
}
