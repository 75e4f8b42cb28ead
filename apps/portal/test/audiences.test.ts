import { readdir } from 'node:fs/promises';
import {
  LOCALES,
  type Locale,
  type Messages,
  messagePlaceholders,
  readMessages,
} from '@grunnmur/kernel/i18n';
import { beforeAll, describe, expect, it } from 'vitest';

/**
 * Every text has one audience, which its key names: citizens (`citizen.`, `audit.`, `information.`, `purpose.`, `basis.`
 * and the portal's own pages), staff (`staff.`, and the pages of messages), machines (`post.hendelse.`: the protocol's
 * own Norwegian). None is lent to another.
 */
const FOR_CITIZENS = /^(citizen|audit|information|purpose|basis|portal)\./;
const PAGES_OF_STAFF = /^portal\.(messages?|nav\.messages)\b/;
/** What a letter was accepted with a warning of is told its sender alone. */
const SENDERS_OWN = /^advarsel_/;

/** Words of senders, systems and protocols. What a letter is *to* is "you", however it went and whatever took it. */
const NOT_FOR_CITIZENS: Readonly<Record<Locale, RegExp>> = {
  nb: /\b(mottaker\p{L}*|ekspeder\p{L}*|kanal\p{L}*|akseptert|forsendelse\p{L}*|json|uuid|api|svarinn|svarut|sdp|krr|integrasjon\p{L}*|avvist)\b/iu,
  nn: /\b(mottakar\p{L}*|ekspeder\p{L}*|kanal\p{L}*|akseptert|forsending\p{L}*|json|uuid|api|svarinn|svarut|sdp|krr|integrasjon\p{L}*|avvist)\b/iu,
  en: /\b(recipients?|dispatch\p{L}*|channels?|accepted|shipments?|json|uuid|api|svarinn|svarut|sdp|krr|integrations?|rejected)\b/iu,
};
/** Bokmål in Nynorsk. */
const NOT_NYNORSK =
  /(?<!\p{L})(ikke|hva|hvem|hvor|hvordan|hvorfor|noen|noe|fra|dokumentene|brevene|mottatt|åpnet|åpne|uten|virksomhet\p{L}*|opplysninger|innen|skrevet|jeg|kommer|sendte)(?!\p{L})/iu;
/** Participles that do not agree with "brevet", which the texts of letters are about. */
const NOT_NEUTER = /(?<!\p{L})(motteken|postlagd|skriven ut|send (til|digitalt))(?!\p{L})/iu;
const NORWEGIAN_LETTERS = /[æøåÆØÅ]/;
/** Names that are Norwegian in every language. */
const NAMES_IN_ENGLISH = /eForvaltningsforskriften|Bokmål/gi;

/** The words of a message: without parameters and the names of their cases. */
function words(message: string): string {
  return message
    .replace(/\{\w+, (plural|select),/g, ' ')
    .replace(/[=\w]+ \{/g, ' ')
    .replace(/\{\w+(, \w+)?\}/g, ' ');
}

describe('texts', () => {
  const root = new URL('../../../', import.meta.url);
  const folders = new Map<string, Readonly<Record<Locale, Messages>>>();

  beforeAll(async () => {
    const rooms = (await readdir(new URL('rooms/', root))).map((room) => `rooms/${room}`);
    for (const folder of [...rooms, 'apps/portal', 'apps/cli']) {
      const read = async (locale: Locale) => [
        locale,
        await readMessages(new URL(`${folder}/locales/${locale}.json`, root)),
      ];
      folders.set(folder, Object.fromEntries(await Promise.all(LOCALES.map(read))));
    }
  });

  const each = function* (locale: Locale, wanted: (key: string) => boolean) {
    for (const [folder, messages] of folders)
      for (const [key, text] of Object.entries(messages[locale]))
        if (wanted(key)) yield { where: `${folder} ${locale} ${key}`, key, text };
  };
  const forCitizens = (key: string) => FOR_CITIZENS.test(key) && !PAGES_OF_STAFF.test(key);

  it('are whole in every language, with the same parameters', () => {
    for (const [folder, messages] of folders) {
      const keys = Object.keys(messages.nb).sort();
      expect(keys.length, folder).toBeGreaterThan(5);
      for (const locale of LOCALES) {
        expect(Object.keys(messages[locale]).sort(), `${folder} ${locale}`).toEqual(keys);
        for (const key of keys)
          expect(messagePlaceholders(messages[locale][key]!), `${folder} ${locale} ${key}`).toEqual(
            messagePlaceholders(messages.nb[key]!),
          );
      }
    }
  });

  it('say every event of a letter to each audience in words of its own', () => {
    const post = folders.get('rooms/post')!;
    const codes = Object.keys(post.nb).flatMap((key) => /^post\.hendelse\.(\w+)$/.exec(key)?.slice(1) ?? []);
    expect(codes.length).toBeGreaterThan(25);
    for (const locale of LOCALES)
      for (const code of codes) {
        const { [`post.hendelse.${code}`]: api, [`staff.post.hendelse.${code}`]: staff } = post[locale];
        const citizen = post[locale][`citizen.post.hendelse.${code}`];
        expect(staff, `staff ${locale} ${code}`).toBeTruthy();
        if (SENDERS_OWN.test(code)) expect(citizen, `citizen ${locale} ${code}`).toBeUndefined();
        else expect(citizen, `citizen ${locale} ${code}`).toBeTruthy();
        const texts = [api, staff, citizen].map((text) => text?.replace(/\.$/, ''));
        expect(new Set(texts).size, `${locale} ${code}: a text lent to another`).toBe(3);
      }
  });

  it.each(LOCALES)('for citizens have no words of senders, systems and protocols (%s)', (locale) => {
    const found = [...each(locale, forCitizens)];
    expect(found.length).toBeGreaterThan(200);
    const wrong = found.filter(({ text }) => NOT_FOR_CITIZENS[locale].test(words(text)));
    expect(wrong.map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
  });

  it('in Nynorsk are Nynorsk, and in English English', () => {
    const nn = [...each('nn', () => true)].filter(({ text }) => NOT_NYNORSK.test(words(text)));
    expect(nn.map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
    const letters = (key: string) => forCitizens(key) || key.startsWith('post.');
    const disagreeing = [...each('nn', letters)].filter(({ text }) => NOT_NEUTER.test(words(text)));
    expect(disagreeing.map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
    const en = [...each('en', forCitizens)].filter(({ text }) =>
      NORWEGIAN_LETTERS.test(words(text).replaceAll(NAMES_IN_ENGLISH, '')),
    );
    expect(en.map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
  });

  it('say why a person’s information is used, for every reason the rooms write', () => {
    const written = [...each('nb', (key) => /^(purpose|basis)\./.test(key))].map(({ key }) => key);
    expect(written).toEqual(
      expect.arrayContaining(['purpose.post.sende_brev', 'purpose.post.folge_opp', 'basis.gdpr_6_1_e']),
    );
  });
});
