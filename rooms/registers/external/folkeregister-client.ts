import type { TokenSupplier } from '@grunnmur/kernel/outgoing';
import { Type } from 'typebox';
import type { Person, PersonSummary, PopulationRegister } from '../contract.ts';
import { E } from '../errors.ts';
import { isValidFnr } from '../numbers/person-number.ts';
import { checker } from './answer-schema.ts';
import { isGraded, isPersonDocument, toPerson } from './folkeregister-document.ts';
import { createUpstream, type UpstreamOptions } from './upstream.ts';

export interface FolkeregisterOptions extends UpstreamOptions {
  /** Includes the right package, e.g. `https://folkeregisteret.api.skatteetaten.no/folkeregisteret/offentlig-med-hjemmel/api`. */
  readonly baseUrl: string;
  readonly token: TokenSupplier;
  /** Accept synthetic identity numbers. Production passes `false`. */
  readonly synthetic: boolean;
}

const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;
const MAX_SEARCH = 50;
const MAX_TEXT = 200;
/** The register lists at most 10 000 numbers, and answers with an error above that. */
const MAX_HITS = 10_000;
const LOOKUPS_AT_ONCE = 8;
/** A search that finds mostly the dead and the protected must not become thousands of look-ups. */
const MAX_LOOKUPS = 200;
/** Only what `Person` holds is asked for (data minimisation, "part"). */
const PARTS = ['person-basis', 'relasjon-utvidet'].map((part) => `part=${part}`).join('&');

const SearchAnswer = Type.Object({
  foedselsEllerDNummer: Type.Array(Type.String({ pattern: '^[0-9]{11}$' }), { maxItems: MAX_HITS }),
});
const isSearchAnswer = checker(SearchAnswer);

/** Client of the population register (Skatteetaten, Folkeregisteret "oppslag" and "søk med treffliste", JSON). */
export function createFolkeregisterClient(
  options: FolkeregisterOptions,
): PopulationRegister & { close(): Promise<void> } {
  const upstream = createUpstream(options, MAX_RESPONSE_BYTES, {
    unavailable: E.folkeregisteretUnavailable,
    rateLimited: E.folkeregisteretRateLimited,
    refused: E.folkeregisteretRefused,
    rejected: E.folkeregisteretRejected,
    invalidAnswer: E.folkeregisteretInvalidAnswer,
  });
  const find = async (fnr: string, signal?: AbortSignal): Promise<Person | null> => {
    if (!isValidFnr(fnr, { synthetic: options.synthetic, control2032: true })) throw E.invalidFnr();
    const path = `/v1/personer/${fnr}?${PARTS}`;
    const answer = await upstream.call({ method: 'GET', path, expect: [404], ...(signal && { signal }) });
    if (answer.json === undefined) return null;
    const person =
      isPersonDocument(answer.json) && isAbout(answer.json, fnr) ? toPerson(answer.json, fnr) : null;
    if (!person) throw E.folkeregisteretInvalidAnswer({ params: { reason: 'schema' } });
    return person;
  };
  const searchNumbers = async (name: string, signal?: AbortSignal): Promise<readonly string[]> => {
    const query = new URLSearchParams({ navn: name.trim().slice(0, MAX_TEXT) });
    const path = `/v1/personer/soek?${query}`;
    const answer = await upstream.call({ method: 'GET', path, expect: [404], ...(signal && { signal }) });
    if (answer.json === undefined) return [];
    if (!isSearchAnswer(answer.json)) throw E.folkeregisteretInvalidAnswer({ params: { reason: 'schema' } });
    return answer.json.foedselsEllerDNummer;
  };
  return {
    find,
    search: async (name, limit, signal) => {
      const wanted = Math.min(Math.max(Math.trunc(limit), 1), MAX_SEARCH);
      if (!name.trim()) return [];
      const numbers = (await searchNumbers(name, signal)).slice(0, MAX_LOOKUPS);
      const found: PersonSummary[] = [];
      for (let start = 0; start < numbers.length && found.length < wanted; start += LOOKUPS_AT_ONCE) {
        const slice = numbers.slice(start, start + LOOKUPS_AT_ONCE);
        const persons = await Promise.all(slice.map((fnr) => find(fnr, signal)));
        found.push(
          ...persons.flatMap((person) => (person && mayBeListed(person) ? [toSummary(person)] : [])),
        );
      }
      return found.slice(0, wanted);
    },
    close: () => upstream.close(),
  };
}

function isAbout(
  document: { identifikasjonsnummer: readonly { foedselsEllerDNummer: string }[] },
  fnr: string,
): boolean {
  return document.identifikasjonsnummer.some((entry) => entry.foedselsEllerDNummer === fnr);
}

function mayBeListed(person: Person): boolean {
  return !person.deceased && !isGraded(person.protection);
}

function toSummary({ fnr, name, born }: Person): PersonSummary {
  return { fnr, name, ...(born && { born }) };
}
