import type { IdListV1 } from './models.ts';

/** Ids given as text or as `{ id }`; nulls say nothing. */
export function idsFromV1(list: IdListV1): string[] {
  return list.flatMap((item) => (item === null ? [] : [typeof item === 'string' ? item : item.id]));
}
