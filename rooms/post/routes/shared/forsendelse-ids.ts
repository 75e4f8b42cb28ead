import { isUuid } from '@grunnmur/kernel/ids';
import { PostError } from '../../errors.ts';
import { invalidField } from '../../service/invalid-content.ts';

/** A forsendelse id from the path; what is not a UUID cannot exist. Throws `post.not_found`. */
export function forsendelseId(value: string): string {
  if (!isUuid(value)) throw PostError.notFound();
  return value.toLowerCase();
}

/**
 * The ids of a status search, each once. One bad id must not stop the rest, so what is not a UUID is left out as
 * unknown (SvarUt: compatibility traps).
 */
export function searchedIds(values: readonly string[], maxIds: number): string[] {
  atMost(values, maxIds);
  return [...new Set(values.filter(isUuid).map((id) => id.toLowerCase()))];
}

/** The ids of a deletion, each once. Here a bad id is an error: the caller must not believe that it is gone. */
export function deletedIds(values: readonly string[], maxIds: number): string[] {
  atMost(values, maxIds);
  const wrong = values.findIndex((id) => !isUuid(id));
  if (wrong >= 0) throw invalidField(`/${wrong}/id`, 'uuid', 'må være en UUID');
  return [...new Set(values.map((id) => id.toLowerCase()))];
}

function atMost(values: readonly string[], maxIds: number): void {
  if (values.length > maxIds) throw invalidField('', 'maxItems', `høyst ${maxIds} id-er i ett kall`);
}
