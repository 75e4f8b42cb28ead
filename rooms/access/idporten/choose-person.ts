import { personNumberKind } from '@grunnmur/registers';
import type { DemoPerson } from '../access-options.ts';
import type { Level } from './levels.ts';

export type Choice =
  | { readonly fnr: string; readonly level: Level }
  | { readonly error: string; readonly typed: string };

/**
 * Reads the login form: a person from the list, or any number of a synthetic series. Numbers of real persons are
 * refused, also where the installation could not know them: nobody should get used to typing one here.
 */
export function choosePerson(
  form: Readonly<Record<string, unknown>>,
  persons: readonly DemoPerson[],
  required: Level,
): Choice {
  const level: Level = required === 4 || form.level === '4' ? 4 : 3;
  const listed = typeof form.person === 'string' ? form.person : undefined;
  const typed = (typeof form.number === 'string' ? form.number : '').replaceAll(/\s/g, '').slice(0, 20);
  const fnr = listed ?? typed;
  const kind = personNumberKind(fnr);
  if (kind === null) return { error: 'access.idporten.error.number', typed: listed ? '' : typed };
  const known = persons.find((person) => person.fnr === fnr);
  if (known?.situation === 'deceased') return { error: 'access.idporten.error.deceased', typed };
  if (!known && kind !== 'synthetic' && kind !== 'help')
    return { error: 'access.idporten.error.real', typed: '' };
  return { fnr, level };
}
